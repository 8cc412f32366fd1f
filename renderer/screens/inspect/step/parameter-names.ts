/** Parameters as the screen names them, and the names of their rows and columns. Pure. */
import { readNumber } from '../../../components/number-text.ts';
import type { InspectState } from '../inspect-state.svelte.ts';
import { cellStories } from './cell-story.ts';

/** `rnn.weight_hh_l0` → `W_hh`, of other layers `W_hh l1`, `W_hh l0 reverse`; other members keep their names. */
export function shortKey(key: string): string {
  const [, kind = '', which = '', layer = '', reverse = ''] =
    /^rnn\.(weight|bias)_(ih|hh)_l(\d+)(_reverse)?$/.exec(key) ?? [];
  if (kind === '') {
    return key
      .replace('head.weight', 'W_head')
      .replace('head.bias', 'b_head')
      .replace('embedding.weight', 'embedding');
  }
  const end = layer === '0' && reverse === '' ? '' : ` l${layer}${reverse === '' ? '' : ' reverse'}`;
  return `${kind === 'weight' ? 'W' : 'b'}_${which}${end}`;
}

export interface AxisNames {
  rows: readonly string[];
  columns: readonly string[];
}

type Named = Pick<InspectState, 'model' | 'vocabulary' | 'targetVocabulary' | 'unitNames' | 'parameters'>;

/** Names of a parameter's rows and columns: tokens and units; gates before their units. */
export function axisNames(inspect: Named, key: string): AxisNames {
  const { model, vocabulary, targetVocabulary, parameters } = inspect;
  const shape = parameters.find((one) => one.key === key)?.shape ?? [];
  const numbers = (count = 0) => Array.from({ length: count }, (_, i) => String(i));
  if (!model) return { rows: numbers(shape[0]), columns: numbers(shape[1]) };
  if (key.startsWith('head.')) return { rows: targetVocabulary, columns: numbers(shape[1]) };
  if (key === 'embedding.weight') return { rows: vocabulary, columns: numbers(shape[1]) };
  const [, which = '', layer = '0', reverse = ''] = /_(ih|hh)_l(\d+)(_reverse)?$/.exec(key) ?? [];
  if (which === '') return { rows: numbers(shape[0]), columns: numbers(shape[1]) };
  const units = inspect.unitNames({ layer: Number(layer), reverse: reverse !== '' });
  const { gates } = cellStories[model.cell];
  const rows = gates.flatMap((gate) => units.map((unit) => (gates.length === 1 ? unit : `${gate} ${unit}`)));
  const inputs = layer === '0' && model.embedding === null ? vocabulary : numbers(shape[1]);
  return { rows, columns: which === 'hh' ? units : inputs };
}

/** `W_hh[o, h]` */
export function placeName(inspect: Named, key: string, shape: readonly number[], index: number): string {
  const names = axisNames(inspect, key);
  const columns = shape.length > 1 ? shape[1]! : 1;
  const [row, column] = [Math.floor(index / columns), index % columns];
  const place = shape.length > 1 ? `, ${names.columns[column] ?? column}` : '';
  return `${shortKey(key)}[${names.rows[row] ?? row}${place}]`;
}

/**
 * What was typed as a place: `o, h` or `3, 1`, names of the axes or numbers from 0; of a bias the row alone.
 * null: there is no such place.
 */
export function readPlace(
  text: string,
  names: AxisNames,
  size: { rows: number; columns: number | null },
): { row: number; column: number } | null {
  const at = (part: string, all: readonly string[], count: number) => {
    const named = all.indexOf(part);
    if (named !== -1) return named;
    const read = readNumber(part, { whole: true });
    return read.ok && read.value >= 0 && read.value < count ? read.value : -1;
  };
  const whole = text.trim();
  if (size.columns === null) {
    const row = at(whole, names.rows, size.rows);
    return row === -1 ? null : { row, column: 0 };
  }
  // A token may be a comma itself, so each comma may be the one between row and column.
  for (const { index } of whole.matchAll(/[,，]/g)) {
    const row = at(whole.slice(0, index).trim(), names.rows, size.rows);
    const column = at(whole.slice(index + 1).trim(), names.columns, size.columns);
    if (row !== -1 && column !== -1) return { row, column };
  }
  return null;
}

/** A model's parameters as they are drawn: in groups that are looked at together, banded by gate. Pure. */
import {
  type DataSizes,
  gateNames,
  type ModelSpec,
  parameterShapes,
} from '../../../../../engine/model/spec.ts';
import type { WeightPlace } from '../../../../state/cursor.svelte.ts';

/** What a column or row of a matrix stands for. */
export type AxisKind = 'token' | 'unit' | 'below' | 'feature' | 'direction' | 'bias';

export interface WeightBlock {
  /** Key of the state dict. */
  key: string;
  /** As the lab writes it: `W_ih`. */
  name: string;
  rows: number;
  columns: number;
  /** Names by row and by column: tokens where they are tokens, else numbers. */
  rowNames: readonly string[];
  columnNames: readonly string[];
  rowKind: AxisKind;
  columnKind: AxisKind;
}

/** Rows that belong together: those of one gate. */
export interface WeightBand {
  /** PyTorch's name of the gate; null: the rows are of no gate. */
  gate: string | null;
  start: number;
  rows: number;
}

export interface WeightGroup {
  /** `h0`, `embedding`, `l0`, `l1_reverse`, `head` */
  id: string;
  /** The direction of a layer that it belongs to; null: to none. */
  place: { layer: number; reverse: boolean } | null;
  bands: readonly WeightBand[];
  /** All with the same number of rows. */
  blocks: readonly WeightBlock[];
}

/** What the axes are named by. */
export interface Vocabularies {
  vocabulary: readonly string[];
  targetVocabulary: readonly string[];
}

const shortNames: readonly [RegExp, string][] = [
  [/^rnn\.weight_ih_/, 'W_ih'],
  [/^rnn\.weight_hh_/, 'W_hh'],
  [/^rnn\.bias_ih_/, 'b_ih'],
  [/^rnn\.bias_hh_/, 'b_hh'],
  [/^head\.weight$/, 'W'],
  [/^head\.bias$/, 'b'],
  [/^embedding\.weight$/, 'E'],
];

/** `W_hh` for `rnn.weight_hh_l0`; a key that has no short name is its own. */
export function shortName(key: string): string {
  return shortNames.find(([pattern]) => pattern.test(key))?.[1] ?? key;
}

/** The groups of a model, in the order of the state dict. */
export function weightGroups(model: ModelSpec, sizes: DataSizes, names: Vocabularies): WeightGroup[] {
  const groups = new Map<string, WeightGroup & { blocks: WeightBlock[] }>();
  for (const { key, shape } of parameterShapes(model, sizes)) {
    const id = groupOf(key);
    const place = placeOf(id);
    const block = blockOf(model, key, shape, place, names);
    const group = groups.get(id);
    if (group) group.blocks.push(block);
    else groups.set(id, { id, place, bands: bandsOf(model, id, block.rows), blocks: [block] });
  }
  return [...groups.values()];
}

function groupOf(key: string): string {
  const layer = /_(l\d+(?:_reverse)?)$/.exec(key)?.[1];
  return layer ?? (key === 'h0' || key === 'c0' ? 'h0' : key.replace(/\..*/, ''));
}

function placeOf(id: string): WeightGroup['place'] {
  const [, layer, reverse] = /^l(\d+)(_reverse)?$/.exec(id) ?? [];
  return layer === undefined ? null : { layer: Number(layer), reverse: reverse !== undefined };
}

function bandsOf(model: ModelSpec, id: string, rows: number): WeightBand[] {
  if (!/^l\d/.test(id)) return [{ gate: null, start: 0, rows }];
  const H = model.hiddenSize;
  return gateNames(model).map((gate, g) => ({ gate, start: g * H, rows: H }));
}

function blockOf(
  model: ModelSpec,
  key: string,
  shape: readonly number[],
  place: WeightGroup['place'],
  { vocabulary, targetVocabulary }: Vocabularies,
): WeightBlock {
  const [rows = 0, columns = 1] = shape;
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));
  const block = { key, name: shortName(key), rows, columns };
  const isBias = shape.length === 1;
  if (key === 'h0' || key === 'c0')
    return { ...block, ...axes(['direction', numbers(rows)], ['unit', numbers(columns)]) };
  if (key === 'embedding.weight')
    return { ...block, ...axes(['token', vocabulary], ['feature', numbers(columns)]) };
  if (place === null) {
    const across = isBias ? axis('bias', ['']) : axis('unit', numbers(columns));
    return { ...block, ...axes(['token', targetVocabulary], across) };
  }
  const units = unitNames(model, place, targetVocabulary);
  const rowNames = Array.from({ length: rows }, (_, row) =>
    units[row] !== undefined && rows === units.length ? units[row] : String(row),
  );
  const rowsOf = axis('unit', rowNames);
  if (isBias) return { ...block, ...axes(rowsOf, ['bias', ['']]) };
  if (key.includes('weight_hh')) return { ...block, ...axes(rowsOf, ['unit', units]) };
  if (place.layer > 0) return { ...block, ...axes(rowsOf, ['below', numbers(columns)]) };
  return {
    ...block,
    ...axes(rowsOf, model.embedding === null ? ['token', vocabulary] : ['feature', numbers(columns)]),
  };
}

type Axis = readonly [AxisKind, readonly string[]];
const axis = (kind: AxisKind, names: readonly string[]): Axis => [kind, names];
const axes = ([rowKind, rowNames]: Axis, [columnKind, columnNames]: Axis) => ({
  rowKind,
  rowNames,
  columnKind,
  columnNames,
});

/** Units of the direction whose h is the logits are called by the output tokens. */
function unitNames(
  model: ModelSpec,
  { layer, reverse }: NonNullable<WeightGroup['place']>,
  targetVocabulary: readonly string[],
): string[] {
  const H = model.hiddenSize;
  const isLogits = model.head === 'none' && layer === model.numLayers - 1;
  const first = reverse ? H : 0;
  return Array.from({ length: H }, (_, unit) =>
    isLogits ? (targetVocabulary[first + unit] ?? String(unit)) : String(unit),
  );
}

/** Where a weight is: its group, block, row and column. */
export interface FoundWeight {
  group: WeightGroup;
  block: WeightBlock;
  index: number;
  row: number;
  column: number;
}

export function weightAt(block: WeightBlock, row: number, column: number): WeightPlace {
  return { key: block.key, index: row * block.columns + column };
}

/**
 * The weight at a place; one that this model does not have stands for W_hh[unit, unit] of the direction, in its
 * first gate.
 */
export function findWeight(
  groups: readonly WeightGroup[],
  place: WeightPlace | null,
  fallback: { layer: number; reverse: boolean; unit: number },
): FoundWeight | null {
  const at = (key: string, index: number): FoundWeight | null => {
    for (const group of groups) {
      const block = group.blocks.find((one) => one.key === key);
      if (block && index >= 0 && index < block.rows * block.columns)
        return { group, block, index, row: Math.floor(index / block.columns), column: index % block.columns };
    }
    return null;
  };
  const found = place === null ? null : at(place.key, place.index);
  if (found) return found;
  const { layer, reverse, unit } = fallback;
  const hidden = groups
    .find(({ place: one }) => one?.layer === layer && one.reverse === reverse)
    ?.blocks.find(({ key }) => key.includes('weight_hh'));
  return hidden ? at(hidden.key, Math.min(unit, hidden.columns - 1) * (hidden.columns + 1)) : null;
}

/** `W_hh[12, 3]`, `b_ih[4]`: PyTorch's own indices, or tokens where the axis has tokens. */
export function weightName({ block, row, column }: Pick<FoundWeight, 'block' | 'row' | 'column'>): string {
  const place =
    block.columnKind === 'bias'
      ? block.rowNames[row]
      : `${block.rowNames[row]}, ${block.columnNames[column]}`;
  return `${block.name}[${place}]`;
}

/** The band that a row is in. */
export function bandOf(group: Pick<WeightGroup, 'bands'>, row: number): WeightBand {
  return group.bands.find(({ start, rows }) => row < start + rows) ?? group.bands.at(-1)!;
}

import { splitTokens } from '../../../engine/data/tokens.ts';
import type { ExperimentDocument, SequenceDataset, ShapesDataset } from '../../../engine/model/experiment.ts';

/** The shapes of a template's thumbnail of 190 × 64. */
export type PictureShape =
  | { kind: 'token'; x: number; y: number; token: string; as: 'input' | 'target' | 'padding' }
  | { kind: 'arrow'; from: [number, number]; to: [number, number]; head: boolean }
  | { kind: 'arc'; from: number; to: number; y: number; depth: number }
  | { kind: 'label'; x: number; y: number; text: string }
  | { kind: 'cell'; x: number; y: number; layer: number }
  | { kind: 'state'; x: number; y: number; values: [number, number] }
  | { kind: 'curve'; x: number; y: number };

const WIDTH = 190;
const TOKEN = 15;
const PITCH = 17;

/** The thumbnail of an experiment, drawn from its own data. */
export function templatePicture({ dataset, training }: ExperimentDocument): PictureShape[] {
  if (dataset.task === 'shapes') return shapesPicture(dataset);
  if (dataset.task === 'label') return labelPicture(dataset);
  if (dataset.task === 'language-model') return languagePicture(dataset);
  return mappingPicture(dataset, training.loss === 'mean');
}

/**
 * Which input step each target step repeats: the same one, the mirrored one, or one a number of steps
 * earlier.
 */
export function mappingLinks(
  input: readonly string[],
  target: readonly string[],
): 'same' | 'mirrored' | number {
  const n = input.length;
  if (
    n > 1 &&
    input.every((token, i) => token === target[n - 1 - i]) &&
    input.some((token, i) => token !== target[i])
  ) {
    return 'mirrored';
  }
  for (let late = 1; late < n; late += 1) {
    // A few equal steps at the end make a delay only where the target is silent before them.
    const isSilent = late <= n / 2 || target.slice(1, late).every((token) => token === target[0]);
    if (isSilent && input.slice(0, n - late).every((token, i) => token === target[i + late])) return late;
  }
  return 'same';
}

function mappingPicture(dataset: SequenceDataset, withCurve: boolean): PictureShape[] {
  const sample = dataset.samples[0];
  const input = sample ? splitTokens(sample.input, dataset.tokens) : [];
  const target = sample ? splitTokens(sample.target ?? '', dataset.tokens) : [];
  const links = mappingLinks(input, target);
  const shown = shownSteps(input.length);
  const curve = withCurve && links === 'same' && input.length <= 5;
  const left = curve ? 14 : Math.round((WIDTH - shown.length * PITCH + 2) / 2);
  const middle = (column: number) => left + column * PITCH + TOKEN / 2;
  const row = (tokens: readonly string[], y: number, as: 'input' | 'target') =>
    shown.map((step, column): PictureShape => {
      const token = step === null ? '…' : (tokens[step] ?? '');
      return { kind: 'token', x: left + column * PITCH, y, token, as };
    });
  const shapes = [...row(target, 8, 'target'), ...row(input, 39, 'input')];
  shown.forEach((step, column) => {
    if (step === null) return;
    const same = links === 'same';
    const to = shown.indexOf(same ? step : links === 'mirrored' ? input.length - 1 - step : step + links);
    if (to === -1) return;
    shapes.push({ kind: 'arrow', from: [middle(column), 38], to: [middle(to), same ? 27 : 26], head: same });
  });
  if (curve) shapes.push({ kind: 'curve', x: 110, y: 8 });
  return shapes;
}

/**
 * The steps of a sequence that are drawn: all of up to 9, or the first and last four with a gap (null)
 * between.
 */
function shownSteps(length: number): (number | null)[] {
  if (length <= 9) return Array.from({ length }, (_, step) => step);
  return [0, 1, 2, 3, null, length - 4, length - 3, length - 2, length - 1];
}

function labelPicture(dataset: SequenceDataset): PictureShape[] {
  const shown = dataset.samples.slice(0, 2);
  return shown.flatMap((sample, row): PictureShape[] => {
    const y = row === 0 ? 8 : 39;
    const tokens = splitTokens(sample.input, dataset.tokens).slice(0, 5);
    const cells = Array.from({ length: 5 }, (_, i): PictureShape => {
      const token = tokens[i];
      return {
        kind: 'token',
        x: 14 + i * PITCH,
        y,
        token: token ?? '',
        as: token === undefined ? 'padding' : 'input',
      };
    });
    return [
      ...cells,
      { kind: 'arrow', from: [103, y + 9], to: [118, y + 9], head: true },
      { kind: 'label', x: 122, y: y - 1, text: sample.target ?? '' },
    ];
  });
}

function languagePicture(dataset: SequenceDataset): PictureShape[] {
  const text = dataset.text ?? dataset.samples[0]?.input ?? '';
  const tokens = splitTokens(text.slice(0, 200), dataset.tokens).slice(0, 8);
  const left = Math.round((WIDTH - tokens.length * PITCH + 2) / 2);
  const middle = (i: number) => left + i * PITCH + TOKEN / 2;
  const shapes: PictureShape[] = tokens.map((token, i) => ({
    kind: 'token',
    x: left + i * PITCH,
    y: 34,
    token,
    as: 'input',
  }));
  const open: number[] = [];
  tokens.forEach((token, i) => {
    if ('([{<'.includes(token)) open.push(i);
    else if (')]}>'.includes(token) && open.length > 0) {
      const from = open.pop()!;
      shapes.push({ kind: 'arc', from: middle(from), to: middle(i), y: 32, depth: open.length });
    }
  });
  return shapes;
}

function shapesPicture(dataset: ShapesDataset): PictureShape[] {
  if (dataset.call === 'cell') {
    const values: [number, number][] = [
      [0.7, -0.3],
      [0.25, 0.75],
      [-0.5, -0.15],
    ];
    return values.flatMap((pair, t): PictureShape[] => {
      const x = 38 + t * 44;
      const state: PictureShape = { kind: 'state', x, y: 17, values: pair };
      return t === 0 ? [state] : [state, { kind: 'arrow', from: [x - 17, 32], to: [x - 1, 32], head: true }];
    });
  }
  return Array.from({ length: 5 }, (_, t) => t).flatMap((t): PictureShape[] => {
    const x = 22 + t * 31;
    const shapes: PictureShape[] = [
      { kind: 'cell', x, y: 8, layer: 1 },
      { kind: 'cell', x, y: 36, layer: 0 },
      { kind: 'arrow', from: [x + 10, 35], to: [x + 10, 28], head: true },
    ];
    if (t > 0) {
      shapes.push({ kind: 'arrow', from: [x - 10, 17.5], to: [x - 1, 17.5], head: true });
      shapes.push({ kind: 'arrow', from: [x - 10, 45.5], to: [x - 1, 45.5], head: true });
    }
    return shapes;
  });
}

/** The two strokes of an arrow's head. */
export function arrowHead([x1, y1]: [number, number], [x2, y2]: [number, number]): string {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const end = (turn: number) => {
    const x = x2 - 4 * Math.cos(angle + turn);
    const y = y2 - 4 * Math.sin(angle + turn);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  return `M${end(0.5)}L${x2} ${y2}L${end(-0.5)}`;
}

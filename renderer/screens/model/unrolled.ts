import { type DataSizes, directions, type ModelSpec } from '../../../engine/model/spec.ts';

export interface CellBox {
  /** Null where steps are left out: dots. */
  t: number | null;
  layer: number;
  reverse: boolean;
  x: number;
  y: number;
}

/** Which weights the value is multiplied by at the end of its way; plain: not even an arrow. */
export type EdgeWeight = 'ih' | 'hh' | 'head' | 'none' | 'plain';

export interface Edge {
  from: [number, number];
  to: [number, number];
  weight: EdgeWeight;
  /** Empty: written elsewhere. */
  shape: string;
  /** The middle of the shape's text. */
  label: [number, number];
}

export interface Unrolled {
  width: number;
  height: number;
  /** t from 1. */
  columns: { t: number; x: number }[];
  cells: CellBox[];
  edges: Edge[];
  /** Where both directions are put beside each other, or handed to both. */
  joins: { x: number; y: number; shape: string }[];
  /** The boxes of h0 and h_n; x is their left edge. */
  states: { name: string; x: number; y: number }[];
  rows: { name: 'input' | 'output' | 'rnn' | 'head' | 'embedding'; y: number; shape: string }[];
  headY: number | null;
  embeddingY: number | null;
  inputY: number;
  outputY: number;
  /** Layers that are not drawn. */
  hiddenLayers: number;
}

export const CELL_W = 74;
export const CELL_H = 52;
export const STATE_W = 44;
export const LANE = 40;
/** Between two columns; with two directions their lanes pass between the cells. */
const PITCH = { 1: 126, 2: 152 };
const LEFT_BOX = 74;
const FIRST = 216;
/** Characters of a shape that the gap between two cells holds. */
const ROOM_IN_GAP = 6;
const CHARACTER_W = 7;
const STAGGER = 16;
const PAIR_GAP = 78;
const DRAWN_STEPS = 5;
const DRAWN_LAYERS = 3;

/**
 * The network unrolled: time across, layers up, the reverse direction above the forward one and a little to the
 * right, a shape on every edge. Long sequences show their first steps and the last, deep networks their first layers
 * and the last.
 */
export function unroll(model: ModelSpec, sizes: DataSizes, T: number, B: number, label: boolean): Unrolled {
  const D = directions(model);
  const H = model.hiddenSize;
  const gapped = T > DRAWN_STEPS;
  const steps = gapped ? [...range(DRAWN_STEPS - 1), T - 1] : range(T);
  const shapeText = (...parts: number[]) => `(${parts.join(', ')})`;
  const wider = Math.max(0, shapeText(B, H).length - ROOM_IN_GAP) * CHARACTER_W;
  const pitch = PITCH[D] + wider;
  const first = FIRST + wider;
  const columns = steps.map((t, i) => ({
    t: t + 1,
    x: first + (gapped && i === steps.length - 1 ? i + 1 : i) * pitch,
  }));
  const layers =
    model.numLayers <= DRAWN_LAYERS
      ? range(model.numLayers)
      : [...range(DRAWN_LAYERS - 1), model.numLayers - 1];
  const embedded = model.embedding !== null;
  const withHead = model.head === 'linear';

  // Heights, from the output at the top down to the input.
  const outputY = 56;
  const headY = outputY + 74;
  const layerHeight = D === 2 ? CELL_H + PAIR_GAP : CELL_H;
  const layersTop = withHead ? headY + 80 : outputY + 90;
  const between = D === 2 ? 76 : 58;
  const topOf = (k: number) => layersTop + (layers.length - 1 - k) * (layerHeight + between);
  const cellY = (k: number, reverse: boolean) =>
    topOf(k) + CELL_H / 2 + (D === 2 && !reverse ? layerHeight - CELL_H : 0);
  const layersBottom = topOf(0) + layerHeight;
  const embeddingY = layersBottom + 74;
  const inputY = embedded ? embeddingY + 80 : layersBottom + 90;
  const offset = (reverse: boolean) => (D === 1 ? 0 : reverse ? STAGGER : -STAGGER);
  /** Where the vertical line of a direction runs: beside the other direction's cell. */
  const lane = (reverse: boolean) => (D === 1 ? 0 : reverse ? LANE : -LANE);

  const lanes = D === 1 ? [] : columns.flatMap(({ x }) => [x - LANE, x + LANE]);
  const edges: Edge[] = [];
  const cells: CellBox[] = [];
  const states: Unrolled['states'] = [];
  const joins: Unrolled['joins'] = [];
  const edge = (from: [number, number], to: [number, number], weight: EdgeWeight, shape = '') => {
    const middle: [number, number] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    const label: [number, number] =
      from[1] === to[1] ? [freeMiddle(from[0], to[0], lanes), middle[1] - 14] : middle;
    edges.push({ from, to, weight, shape, label });
  };

  // Across: the state goes from step to step, right to left in the reverse direction.
  layers.forEach((layer, k) => {
    for (const reverse of D === 2 ? [false, true] : [false]) {
      const y = cellY(k, reverse);
      const at = columns.map(({ t, x }) => ({ t, x: x + offset(reverse) }));
      const endX = at.at(-1)!.x + CELL_W / 2 + (D === 2 ? 76 : 60) + wider;
      const only = model.numLayers * D === 1;
      const index = only ? '' : `[${layer * D + (reverse ? 1 : 0)}]`;
      const [left, right] = reverse ? ['h_n', 'h0'] : ['h0', 'h_n'];
      states.push({ name: `${left}${index}`, x: LEFT_BOX, y }, { name: `${right}${index}`, x: endX, y });
      const inner = shapeText(B, H);
      const outer = only ? `(${model.numLayers * D},${B},${H})` : inner;
      const across = (x1: number, x2: number, shape: string) =>
        reverse ? edge([x2, y], [x1, y], 'hh', shape) : edge([x1, y], [x2, y], 'hh', shape);
      across(LEFT_BOX + STATE_W, at[0]!.x - CELL_W / 2, outer);
      at.forEach(({ t, x }, i) => {
        cells.push({ t, layer, reverse, x, y });
        const next = at[i + 1];
        if (!next) return;
        if (next.x - x === pitch) across(x + CELL_W / 2, next.x - CELL_W / 2, inner);
        else {
          cells.push({ t: null, layer, reverse, x: x + pitch, y });
          across(x + CELL_W / 2, x + pitch - 18, inner);
          across(x + pitch + 18, next.x - CELL_W / 2, inner);
        }
      });
      across(at.at(-1)!.x + CELL_W / 2, endX, outer);
    }
  });

  // Up: the input, the layers, the head. Two directions are joined between layers.
  const inputTop = inputY - 24;
  for (const { t, x } of columns) {
    if (embedded) edge([x, inputTop], [x, embeddingY + 13], 'none', shapeText(B));
    layers.forEach((_, k) => {
      const features = k === 0 ? (model.embedding ?? sizes.inputSize) : D * H;
      const source = k === 0 ? (embedded ? embeddingY - 13 : inputTop) : topOf(k - 1);
      const start = D === 1 ? source : k === 0 ? source - 26 : source - between / 2;
      if (D === 1) edge([x, source], [x, cellY(k, false) + CELL_H / 2], 'ih', shapeText(B, features));
      else {
        if (k === 0) edge([x, source], [x, start + 7], 'plain');
        joins.push({ x, y: start, shape: shapeText(B, features) });
        for (const reverse of [false, true]) {
          edge([x + lane(reverse), start], [x + lane(reverse), cellY(k, reverse) + CELL_H / 2], 'ih');
        }
      }
      const last = k === layers.length - 1;
      if (D === 2 && (!last || !label || t === T)) {
        const join = last ? topOf(k) - 26 : topOf(k) - between / 2;
        for (const reverse of [false, true]) {
          edge([x + lane(reverse), cellY(k, reverse) - CELL_H / 2], [x + lane(reverse), join], 'plain');
        }
        if (last) joins.push({ x, y: join, shape: '' });
      }
    });
    if (label && t !== T) continue;
    const outFrom = D === 2 ? topOf(layers.length - 1) - 26 : topOf(layers.length - 1);
    const outTo = outputY + 17;
    if (withHead) {
      edge([x, outFrom], [x, headY + 13], 'head', shapeText(B, D * H));
      edge([x, headY - 13], [x, outTo], 'none', shapeText(B, sizes.outputSize));
    } else edge([x, outFrom], [x, outTo], 'none', shapeText(B, D * H));
  }

  const outWidth = withHead ? sizes.outputSize : D * H;
  const rows: Unrolled['rows'] = [
    { name: 'output', y: outputY, shape: label ? shapeText(B, outWidth) : shapeText(T, B, outWidth) },
    ...(withHead ? [{ name: 'head' as const, y: headY, shape: '' }] : []),
    { name: 'rnn', y: (layersTop + layersBottom) / 2, shape: '' },
    ...(embedded ? [{ name: 'embedding' as const, y: embeddingY, shape: '' }] : []),
    { name: 'input', y: inputY, shape: embedded ? shapeText(T, B) : shapeText(T, B, sizes.inputSize) },
  ];
  const lastX = columns.at(-1)!.x + (D === 2 ? STAGGER : 0);
  return {
    width: lastX + CELL_W / 2 + (D === 2 ? 76 : 60) + wider + STATE_W + 4,
    height: inputY + 36,
    columns,
    cells,
    edges,
    joins,
    states,
    rows,
    headY: withHead ? headY : null,
    embeddingY: embedded ? embeddingY : null,
    inputY,
    outputY,
    hiddenLayers: model.numLayers - layers.length,
  };
}

/** The middle of the widest stretch between two ends that no lane crosses: where a text can stand. */
function freeMiddle(from: number, to: number, lanes: readonly number[]): number {
  const [left, right] = from < to ? [from, to] : [to, from];
  const stops = [left, ...lanes.filter((x) => x > left && x < right).sort((a, b) => a - b), right];
  let best = { width: -1, middle: (left + right) / 2 };
  for (let i = 1; i < stops.length; i += 1) {
    const width = stops[i]! - stops[i - 1]!;
    if (width > best.width) best = { width, middle: (stops[i]! + stops[i - 1]!) / 2 };
  }
  return best.middle;
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** The colour of the weights that a parameter's key names: the same in drawing, table and legend. */
export function weightColour(key: string): string {
  if (key.includes('weight_ih')) return 'var(--run-6)';
  if (key.includes('weight_hh')) return 'var(--run-8)';
  if (key.includes('bias_ih')) return 'color-mix(in oklab, var(--run-6) 55%, var(--panel))';
  if (key.includes('bias_hh')) return 'color-mix(in oklab, var(--run-8) 55%, var(--panel))';
  if (key === 'head.weight') return 'var(--run-4)';
  if (key === 'head.bias') return 'color-mix(in oklab, var(--run-4) 55%, var(--panel))';
  if (key.startsWith('embedding')) return 'var(--run-2)';
  return 'var(--run-9)';
}

/**
 * Where the parts of the unrolled network are placed: time across, layers up, each direction in a lane of
 * its own.
 */
import { directions, hasCellState } from '../../../../engine/model/spec.ts';
import type { DrawnNetwork, NetworkEdge, NetworkNode } from './network-graph.ts';

export type Point = readonly [x: number, y: number];

export interface Box {
  /** The middle of the box. */
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A line of the drawing that has a name at its left. */
export interface LayoutRow {
  kind: 'output' | 'head' | 'layer' | 'embedding' | 'input';
  y: number;
  layer: number;
  reverse: boolean;
}

export interface Layout {
  /**
   * With one layer of one direction, boxes are larger and every edge has its shape. Otherwise shapes are
   * beside the lanes' names.
   */
  roomy: boolean;
  width: number;
  height: number;
  /** The distance between two time steps. */
  pitch: number;
  rows: LayoutRow[];
  /** `readerX`: the x of a label task's only head, which follows the visible part. */
  boxOf(node: NetworkNode, readerX: number): Box;
  /** The corners of an edge's path, from the border of one box to the border of the other. */
  wayOf(edge: NetworkEdge, readerX: number): Point[];
  /** The x of the middle of a step's column. */
  middleOf(t: number): number;
  /** The steps whose columns touch x1 … x2. */
  stepsBetween(x1: number, x2: number): { from: number; to: number };
}

export const TOKEN = 26;
const STATE_GAP = 36;
/** A margin that keeps the frames at both ends from being cut. */
const EDGE = 2;
const HEAD = { width: 164, height: 30 };

interface Measures {
  box: { width: number; height: number };
  state: { width: number; height: number };
  columnWidth: number;
  pitch: number;
  /** From a layer's lane to the line above it. */
  above: number;
}

const CHARACTER = 6.7;

function measuresOf({ model, B }: DrawnNetwork): Measures & { roomy: boolean } {
  if (model.bidirectional) {
    const box = { width: 66, height: 36 };
    return { box, state: { width: 60, height: 36 }, columnWidth: 110, pitch: 131, above: 39, roomy: false };
  }
  if (model.numLayers > 1) {
    const box = { width: 74, height: 36 };
    return { box, state: { width: 60, height: 36 }, columnWidth: 74, pitch: 112, above: 70, roomy: false };
  }
  const text = `(${B}, ${model.hiddenSize})`.length * CHARACTER + 6;
  const gap = Math.max(46, text);
  const said = `${model.cell === 'rnn' ? `${model.nonlinearity}, ` : ''}${model.hiddenSize}`;
  const width = Math.max(66, said.length * CHARACTER + 14);
  const box = { width, height: 52 };
  const pitch = width + gap;
  return { box, state: { width: 56, height: 36 }, columnWidth: width, pitch, above: 84, roomy: true };
}

/** LANES: between the two lanes of a layer. TO_JOIN: from the upper lane up to where both are joined. */
const LANES = 48;
const TO_JOIN = 38;
const PILL = 18;

export function layOut(network: DrawnNetwork): Layout {
  const { model, T } = network;
  const { roomy, ...measures } = measuresOf(network);
  const { box, state, columnWidth, pitch } = measures;
  const D = directions(model);
  const left = EDGE + state.width + (roomy ? Math.max(STATE_GAP, pitch - columnWidth) : STATE_GAP);
  const width = 2 * left + (T - 1) * pitch + columnWidth;
  const startOf = (t: number) => left + (t - 1) * pitch;
  const middleOf = (t: number) => startOf(t) + columnWidth / 2;
  const levels = levelsOf(network, measures, roomy);

  const cellX = (t: number, reverse: boolean) =>
    D === 1 ? middleOf(t) : startOf(t) + (reverse ? columnWidth - box.width / 2 : box.width / 2);
  /** Where a direction's input arrives and its output leaves: beside the other direction's box. */
  const inX = (t: number, reverse: boolean) => (D === 1 ? middleOf(t) : startOf(t) + (reverse ? 97 : 17));
  const outX = (t: number, reverse: boolean) => (D === 1 ? middleOf(t) : startOf(t) + (reverse ? 87 : 11));

  function boxOf(node: NetworkNode, readerX: number): Box {
    switch (node.kind) {
      case 'input':
        return { x: middleOf(node.t), y: levels.input, width: TOKEN, height: TOKEN };
      case 'embedding':
        return { x: middleOf(node.t), y: levels.embedding, width: D === 1 ? 82 : 96, height: 24 };
      case 'cell':
        return { x: cellX(node.t, node.reverse), y: levels.lane(node.layer, node.reverse), ...box };
      case 'cat':
        if (node.t === null) return { x: readerX, y: levels.head, ...HEAD };
        return { x: middleOf(node.t), y: levels.join(node.layer), width: 96, height: PILL };
      case 'first':
      case 'last': {
        const isLeft = (node.kind === 'first') !== node.reverse;
        const x = isLeft ? EDGE + state.width / 2 : width - EDGE - state.width / 2;
        return { x, y: levels.lane(node.layer, node.reverse), ...state };
      }
      case 'head':
        if (node.t === null) return { x: readerX, y: levels.head, ...HEAD };
        return { x: middleOf(node.t), y: levels.head, width: 74, height: 26 };
      case 'output':
        return {
          x: node.t === null ? readerX : middleOf(node.t),
          y: levels.output,
          width: TOKEN,
          height: TOKEN,
        };
    }
  }

  /** Where there is a c, it runs parallel to h. */
  const across = ({ carries }: NetworkEdge) => (hasCellState(model) ? (carries === 'c' ? 8 : -8) : 0);

  function wayOf(edge: NetworkEdge, readerX: number): Point[] {
    const from = boxOf(edge.from, readerX);
    const to = boxOf(edge.to, readerX);
    const top = from.y - from.height / 2;
    const bottom = to.y + to.height / 2;
    const { kind } = edge.to;
    if (from.y === to.y) {
      const y = from.y + across(edge);
      const way = to.x > from.x ? 1 : -1;
      return [
        [from.x + (way * from.width) / 2, y],
        [to.x - (way * to.width) / 2, y],
      ];
    }
    // A label is read from one step of each direction, wherever its head is.
    if (edge.from.kind === 'cell' && kind !== 'cell' && 't' in edge.to && edge.to.t === null) {
      const x = from.x;
      if (Math.abs(x - to.x) < to.width / 2)
        return [
          [x, top],
          [x, bottom],
        ];
      const side = x > to.x ? to.x + to.width / 2 : to.x - to.width / 2;
      return [
        [x, top],
        [x, to.y],
        [side, to.y],
      ];
    }
    if (D === 2 && edge.to.kind === 'cell') {
      const x = inX(edge.to.t, edge.to.reverse);
      if (edge.from.kind !== 'input')
        return [
          [x, top],
          [x, bottom],
        ];
      return [
        [from.x + Math.sign(x - from.x) * (from.width / 2), from.y],
        [x, from.y],
        [x, bottom],
      ];
    }
    if (D === 2 && edge.from.kind === 'cell' && kind === 'cat') {
      const x = outX(edge.from.t, edge.from.reverse);
      return [
        [x, top],
        [x, bottom],
      ];
    }
    return [
      [from.x, top],
      [to.x, bottom],
    ];
  }

  return {
    roomy,
    width,
    height: levels.height,
    pitch,
    rows: rowsOf(network, levels),
    boxOf,
    wayOf,
    middleOf,
    stepsBetween(x1, x2) {
      const from = Math.floor((x1 - left - columnWidth) / pitch) + 1;
      const to = Math.ceil((x2 - left) / pitch) + 1;
      return { from: Math.max(1, Math.min(T, from)), to: Math.max(1, Math.min(T, to)) };
    },
  };
}

interface Levels {
  output: number;
  head: number;
  lane(layer: number, reverse: boolean): number;
  /** Where a layer's directions are joined, above both lanes. */
  join(layer: number): number;
  embedding: number;
  input: number;
  height: number;
}

/** The y of each line, from the output at the top down to the input. */
function levelsOf({ model, reads }: DrawnNetwork, { box, above }: Measures, roomy: boolean): Levels {
  const { numLayers: L, bidirectional } = model;
  const reader = model.head === 'linear' || (reads === 'last-step' && bidirectional);
  const output = roomy ? 50 : 30;
  const head = output + (roomy ? 70 : 44);
  const top = reader ? head : output;
  const tops: number[] = [];
  /** The middle of the upper lane of the current layer. */
  let y = top;
  for (let layer = L - 1; layer >= 0; layer--) {
    const joins = bidirectional && (layer < L - 1 || reads === 'every-step');
    if (layer === L - 1) y += joins ? 40 + TO_JOIN : roomy ? above : 54;
    else y += bidirectional ? LANES + 39 + TO_JOIN : above;
    tops[layer] = y;
  }
  const lane = (layer: number, reverse: boolean) => tops[layer]! + (bidirectional && !reverse ? LANES : 0);
  const lowest = lane(0, false) + box.height / 2;
  const embedding = lowest + 44;
  const input = (model.embedding === null ? lowest : embedding + 12) + (roomy ? 68 : 46);
  return {
    output,
    head,
    lane,
    join: (layer) => tops[layer]! - TO_JOIN,
    embedding,
    input,
    height: input + 38,
  };
}

/** The lines from the top down. */
function rowsOf({ model }: DrawnNetwork, levels: Levels): LayoutRow[] {
  const row = (kind: LayoutRow['kind'], y: number, layer = 0, reverse = false) => ({
    kind,
    y,
    layer,
    reverse,
  });
  const rows = [row('output', levels.output)];
  if (model.head === 'linear') rows.push(row('head', levels.head));
  for (let layer = model.numLayers - 1; layer >= 0; layer--) {
    if (model.bidirectional) rows.push(row('layer', levels.lane(layer, true), layer, true));
    rows.push(row('layer', levels.lane(layer, false), layer, false));
  }
  if (model.embedding !== null) rows.push(row('embedding', levels.embedding));
  rows.push(row('input', levels.input));
  return rows;
}

/**
 * The unrolled network as a graph: what is connected to what, by which weights, with which shape. It knows
 * nothing of positions. Tests check its edges against the state dict and against what the engine computes.
 */
import { type DataSizes, directions, hasCellState, type ModelSpec } from '../../../../engine/model/spec.ts';

export interface DrawnNetwork {
  model: ModelSpec;
  sizes: DataSizes;
  /** Time steps. */
  T: number;
  /** Sequences in a batch. */
  B: number;
  /** What is read: the output of every step, or a label from the last state of each direction. */
  reads: 'every-step' | 'last-step';
}

/** One node of the network. `t` counts from 1; `reverse` tells a layer's second direction. */
export type NetworkNode =
  | { kind: 'input' | 'embedding'; t: number }
  | { kind: 'cell'; layer: number; reverse: boolean; t: number }
  /** Both directions of a layer joined, [B, 2H]; t null: a label's two last states of the last layer. */
  | { kind: 'cat'; layer: number; t: number | null }
  /** The initial state, h0 (and c0 in an LSTM); the last state, h_n (and c_n). */
  | { kind: 'first' | 'last'; layer: number; reverse: boolean }
  /** t null: one for the whole sequence. */
  | { kind: 'head' | 'output'; t: number | null };

export interface NetworkEdge {
  from: NetworkNode;
  to: NetworkNode;
  /** c: an LSTM's cell state, which no weight multiplies on its way. */
  carries: 'x' | 'h' | 'c' | 'logits';
  /**
   * The state dict's key of the tensor that multiplies the value on arrival; null: the value arrives
   * unchanged.
   */
  weight: string | null;
  shape: number[];
}

export interface NetworkGraph {
  nodes: NetworkNode[];
  edges: NetworkEdge[];
}

export function nodeId(node: NetworkNode): string {
  switch (node.kind) {
    case 'cell':
      return `cell ${layerName(node.layer, node.reverse)} ${node.t}`;
    case 'first':
    case 'last':
      return `${node.kind} ${layerName(node.layer, node.reverse)}`;
    case 'cat':
      return `cat ${node.layer} ${node.t ?? 'last'}`;
    default:
      return `${node.kind} ${node.t ?? 'last'}`;
  }
}

/** The name as the state dict's keys end: `l0`, `l0_reverse`. */
export function layerName(layer: number, reverse: boolean): string {
  return reverse ? `l${layer}_reverse` : `l${layer}`;
}

/** The row of a layer's direction in h0 and h_n, [L·D, B, H]. */
export function stateIndex(model: ModelSpec, layer: number, reverse: boolean): number {
  return layer * directions(model) + (reverse ? 1 : 0);
}

/** The steps at which a direction begins and ends, from 1. */
export function endsOf(T: number, reverse: boolean): { first: number; last: number } {
  return reverse ? { first: T, last: 1 } : { first: 1, last: T };
}

/**
 * The nodes of the steps from … to (counted from 1, both included) and every edge that touches one of them.
 * The edges that lead to a label are included whatever the steps are.
 */
export function networkGraph(network: DrawnNetwork, from = 1, to = network.T): NetworkGraph {
  const { model, T, reads } = network;
  const nodes: NetworkNode[] = [];
  const edges: NetworkEdge[] = [];
  for (let t = Math.max(1, from); t <= Math.min(T, to); t++) {
    addInput(network, t, nodes, edges);
    for (let layer = 0; layer < model.numLayers; layer++) addLayerStep(network, layer, t, nodes, edges);
    if (reads === 'every-step') addOutput(network, t, nodes, edges);
  }
  for (let layer = 0; layer < model.numLayers; layer++) {
    for (const reverse of sides(model)) addStates(network, layer, reverse, from, to, nodes, edges);
  }
  if (reads === 'last-step') addLabel(network, nodes, edges);
  return { nodes, edges };
}

const sides = (model: ModelSpec) => (model.bidirectional ? [false, true] : [false]);

/** The node that gives layer `layer` its input at step t. */
function below({ model }: DrawnNetwork, layer: number, t: number): NetworkNode {
  if (layer === 0) return { kind: model.embedding === null ? 'input' : 'embedding', t };
  if (model.bidirectional) return { kind: 'cat', layer: layer - 1, t };
  return { kind: 'cell', layer: layer - 1, reverse: false, t };
}

function inputWidth({ model, sizes }: DrawnNetwork, layer: number): number {
  return layer === 0 ? (model.embedding ?? sizes.inputSize) : directions(model) * model.hiddenSize;
}

function addInput({ model, B }: DrawnNetwork, t: number, nodes: NetworkNode[], edges: NetworkEdge[]): void {
  const input: NetworkNode = { kind: 'input', t };
  nodes.push(input);
  if (model.embedding === null) return;
  const embedding: NetworkNode = { kind: 'embedding', t };
  nodes.push(embedding);
  edges.push({ from: input, to: embedding, carries: 'x', weight: 'embedding.weight', shape: [B] });
}

function addLayerStep(
  network: DrawnNetwork,
  layer: number,
  t: number,
  nodes: NetworkNode[],
  edges: NetworkEdge[],
): void {
  const { model, B, reads } = network;
  const isLast = layer === model.numLayers - 1;
  const joins = model.bidirectional && (!isLast || reads === 'every-step');
  for (const reverse of sides(model)) {
    const cell: NetworkNode = { kind: 'cell', layer, reverse, t };
    nodes.push(cell);
    edges.push({
      from: below(network, layer, t),
      to: cell,
      carries: layer === 0 ? 'x' : 'h',
      weight: `rnn.weight_ih_${layerName(layer, reverse)}`,
      shape: [B, inputWidth(network, layer)],
    });
    if (!joins) continue;
    const cat: NetworkNode = { kind: 'cat', layer, t };
    if (!reverse) nodes.push(cat);
    edges.push({ from: cell, to: cat, carries: 'h', weight: null, shape: [B, model.hiddenSize] });
  }
}

/**
 * Adds the edges across time: the state goes from step to step, in the reverse direction from the last to
 * the first.
 */
function addStates(
  { model, T, B }: DrawnNetwork,
  layer: number,
  reverse: boolean,
  from: number,
  to: number,
  nodes: NetworkNode[],
  edges: NetworkEdge[],
): void {
  const ends = endsOf(T, reverse);
  const shape = [B, model.hiddenSize];
  const isShown = (t: number) => t >= from && t <= to;
  const way = reverse ? -1 : 1;
  const join = (one: NetworkNode, other: NetworkNode) => {
    const weight = other.kind === 'cell' ? `rnn.weight_hh_${layerName(layer, reverse)}` : null;
    edges.push({ from: one, to: other, carries: 'h', weight, shape });
    if (hasCellState(model)) edges.push({ from: one, to: other, carries: 'c', weight: null, shape });
  };
  const cell = (t: number): NetworkNode => ({ kind: 'cell', layer, reverse, t });
  if (isShown(ends.first)) {
    const first: NetworkNode = { kind: 'first', layer, reverse };
    nodes.push(first);
    join(first, cell(ends.first));
  }
  const low = Math.max(1, from - 1);
  const high = Math.min(T, to + 1);
  for (let t = reverse ? high : low; reverse ? t > low : t < high; t += way) join(cell(t), cell(t + way));
  if (isShown(ends.last)) {
    const last: NetworkNode = { kind: 'last', layer, reverse };
    nodes.push(last);
    join(cell(ends.last), last);
  }
}

function addOutput(network: DrawnNetwork, t: number, nodes: NetworkNode[], edges: NetworkEdge[]): void {
  const { model, sizes, B } = network;
  const top = below(network, model.numLayers, t);
  const output: NetworkNode = { kind: 'output', t };
  const features = [B, directions(model) * model.hiddenSize];
  nodes.push(output);
  if (model.head === 'none') {
    edges.push({ from: top, to: output, carries: 'h', weight: null, shape: features });
    return;
  }
  const head: NetworkNode = { kind: 'head', t };
  nodes.push(head);
  edges.push({ from: top, to: head, carries: 'h', weight: 'head.weight', shape: features });
  edges.push({ from: head, to: output, carries: 'logits', weight: null, shape: [B, sizes.outputSize] });
}

/** `head(torch.cat([h_n[-2], h_n[-1]], dim=1))`: forward at t = T, reverse at t = 1. */
function addLabel({ model, sizes, T, B }: DrawnNetwork, nodes: NetworkNode[], edges: NetworkEdge[]): void {
  const layer = model.numLayers - 1;
  const output: NetworkNode = { kind: 'output', t: null };
  const reader: NetworkNode =
    model.head === 'linear'
      ? { kind: 'head', t: null }
      : model.bidirectional
        ? { kind: 'cat', layer, t: null }
        : output;
  nodes.push(output);
  if (reader !== output) nodes.push(reader);
  const weight = model.head === 'linear' ? 'head.weight' : null;
  for (const reverse of sides(model)) {
    const from: NetworkNode = { kind: 'cell', layer, reverse, t: endsOf(T, reverse).last };
    edges.push({ from, to: reader, carries: 'h', weight, shape: [B, model.hiddenSize] });
  }
  if (reader === output) return;
  const shape = [B, sizes.outputSize];
  edges.push({ from: reader, to: output, carries: 'logits', weight: null, shape });
}

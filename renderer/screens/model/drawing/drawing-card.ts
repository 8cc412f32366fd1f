/** The text of the card for the part of the drawing that is pointed at. */
import { cellEquations, cellTitle, hasCellState } from '../../../../engine/model/spec.ts';
import { formatNumber } from '../../../text/format.ts';
import type { DrawnValues } from './drawn-values.ts';
import {
  type DrawnNetwork,
  layerName,
  type NetworkEdge,
  type NetworkNode,
  stateIndex,
} from './network-graph.ts';

export interface DrawingCard {
  title: string;
  /** Drawn in monospace, one below the other. */
  lines: string[];
}

/** How many numbers of a vector a card shows. */
const shownNumbers = 6;

export function cardOf(
  what: { node: NetworkNode } | { edge: NetworkEdge },
  network: DrawnNetwork,
  values: DrawnValues | null,
): DrawingCard | null {
  return 'edge' in what ? edgeCard(what.edge, network) : nodeCard(what.node, network, values);
}

function edgeCard(edge: NetworkEdge, { model }: DrawnNetwork): DrawingCard {
  const shape = `(${edge.shape.join(', ')})`;
  const lines = [`${valueName(edge)}  ${shape}`];
  if (edge.weight !== null) lines.push(`${edge.weight}  ${multiplied(edge)}`);
  if (edge.carries === 'h' && edge.weight?.includes('_ih_') && model.dropout > 0)
    lines.push(`dropout ${model.dropout}`);
  return { title: edge.weight ?? (edge.carries === 'c' ? 'c' : valueName(edge)), lines };
}

function valueName({ from, carries }: NetworkEdge): string {
  switch (from.kind) {
    case 'input':
      return `x[${from.t - 1}]`;
    case 'embedding':
      return `embedding(x)[${from.t - 1}]`;
    case 'cell':
      return `${carries} ${layerName(from.layer, from.reverse)}, t=${from.t}`;
    case 'first':
      return `${carries}0 ${layerName(from.layer, from.reverse)}`;
    case 'cat':
      return `cat(h, h_reverse) l${from.layer}${from.t === null ? '' : `, t=${from.t}`}`;
    default:
      return 'logits';
  }
}

function multiplied({ weight, from }: NetworkEdge): string {
  if (weight === 'embedding.weight') return 'embedding.weight[x]';
  if (weight === 'head.weight') return 'features @ head.weight.T';
  const value = weight!.includes('_hh_')
    ? 'h'
    : from.kind === 'input' || from.kind === 'embedding'
      ? 'x'
      : 'h';
  return `${value} @ ${weight!.includes('_hh_') ? 'W_hh' : 'W_ih'}.T`;
}

function nodeCard(node: NetworkNode, network: DrawnNetwork, values: DrawnValues | null): DrawingCard | null {
  const { model, sizes, T } = network;
  const H = model.hiddenSize;
  switch (node.kind) {
    case 'cell': {
      const row = stateIndex(model, node.layer, node.reverse);
      const lines = cellEquations(model).map((line) => writtenOut(line, node.reverse));
      for (const state of hasCellState(model) ? (['h', 'c'] as const) : (['h'] as const)) {
        const series = (state === 'h' ? values?.h : values?.c)?.[row];
        if (series) lines.push(`${state} = ${vectorText(series.subarray((node.t - 1) * H, node.t * H))}`);
      }
      return {
        title: `${cellTitle(model.cell)}Cell ${layerName(node.layer, node.reverse)}, t=${node.t}`,
        lines,
      };
    }
    case 'first':
    case 'last': {
      const index = stateIndex(model, node.layer, node.reverse);
      const isLast = node.kind === 'last';
      const t = node.reverse === isLast ? 1 : T;
      const series = isLast ? values?.h[index] : null;
      const lines = [isLast ? `h_n[${index}] = h, t=${t}` : `h0[${index}] → t=${t}`];
      if (series) lines.push(`= ${vectorText(series.subarray((t - 1) * H, t * H))}`);
      return { title: `${isLast ? 'h_n' : 'h0'}[${index}]`, lines };
    }
    case 'cat':
      return node.t === null
        ? {
            title: 'torch.cat',
            lines: ['torch.cat([h_n[-2], h_n[-1]], dim=1)', `h_n[-2]: →, t=${T}`, 'h_n[-1]: ←, t=1'],
          }
        : { title: 'torch.cat', lines: [`torch.cat([h, h_reverse], dim=1)  (${network.B}, ${2 * H})`] };
    case 'head':
      return {
        title: `nn.Linear(${(model.bidirectional ? 2 : 1) * H}, ${sizes.outputSize})`,
        lines: ['y = x @ head.weight.T + head.bias'],
      };
    case 'embedding':
      return {
        title: `nn.Embedding(${sizes.inputSize}, ${model.embedding})`,
        lines: ['x = embedding.weight[index]'],
      };
    default:
      return null;
  }
}

/** Writes `h_{t−1}` as hₜ₋₁; the reverse direction gets its state from t + 1. */
function writtenOut(equation: string, reverse: boolean): string {
  return equation.replaceAll('_{t−1}', reverse ? 'ₜ₊₁' : 'ₜ₋₁').replaceAll(/_t\b/g, 'ₜ');
}

function vectorText(values: Float32Array): string {
  const shown = Array.from(values.subarray(0, shownNumbers), (value) => formatNumber(value, 4));
  return `(${shown.join(', ')}${values.length > shownNumbers ? `, … ${values.length}` : ''})`;
}

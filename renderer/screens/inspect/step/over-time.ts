/** Quantities over the steps of a pass as matrices [units or tokens × T]. Pure. */
import type { MatrixView } from '../numbers/matrix-view.ts';
import type { NumberNote } from '../numbers/notes.svelte.ts';
import { subscript } from '../numbers/number-scale.ts';
import { backwardPart } from './backward-rows.ts';
import { type CellStory, forwardPart } from './cell-story.ts';
import type { CellView } from './cell-view.ts';
import { logitGradient, lossName, type PassView, probability } from './pass-view.ts';

/** h_t for all steps; steps that the pass has not reached are not computed. */
export function statesOverTime(
  view: CellView,
  cell: CellStory,
  tokens: readonly string[],
  reached: (t: number) => boolean,
  frame: { row: number; column: number | null },
): MatrixView {
  const { trace, H, T } = view;
  let limit = 1;
  for (const value of trace.h) limit = Math.max(limit, Math.abs(value));
  return {
    name: 'h_t',
    rows: H,
    columns: T,
    value: (row, t) => (reached(t) ? trace.h[t * H + row]! : null),
    scale: { kind: 'diverging', limit },
    rowNames: view.unitNames,
    columnNames: tokens,
    note: (row, t) =>
      reached(t)
        ? forwardPart({ ...view, t }, cell, 'h', row)
        : { name: `h${subscript(t + 1)}[${view.unitNames[row]}]`, value: null },
    ...frame,
  };
}

/** ∂L/∂h_t for all steps. */
export function gradientsOverTime(
  pass: PassView,
  view: CellView,
  cell: CellStory,
  tokens: readonly string[],
  reached: (t: number) => boolean,
  frame: { row: number; column: number | null },
): MatrixView {
  const { H, T, back } = view;
  let limit = 0;
  for (const value of back!.dh) limit = Math.max(limit, Math.abs(value));
  return {
    name: '∂L/∂h_t',
    rows: H,
    columns: T,
    value: (row, t) => (reached(t) ? back!.dh[t * H + row]! : null),
    scale: { kind: 'diverging', limit },
    rowNames: view.unitNames,
    columnNames: tokens,
    note: (row, t) =>
      reached(t)
        ? backwardPart(pass, { ...view, t }, cell, 'dh', row)
        : { name: `dh${subscript(t + 1)}[${view.unitNames[row]}]`, value: null },
    ...frame,
  };
}

/** p_k of every token, the target of each step framed. */
export function probabilitiesOverTime(pass: PassView, reached: (k: number) => boolean): MatrixView {
  const { trace, K, V, dataset } = pass;
  return {
    name: 'p_t',
    rows: V,
    columns: K,
    value: (v, k) => (reached(k) ? trace.probabilities[k * V + v]! : null),
    scale: { kind: 'sequential', limit: 1 },
    rowNames: dataset.targetVocabulary,
    columnNames: Array.from(trace.targetCodes, (code) => dataset.targetVocabulary[code] ?? ''),
    isFramed: (v, k) => trace.targetCodes[k] === v,
    note: (v, k): NumberNote => ({
      name: `${lossName(pass, 'p', k)}[${dataset.targetVocabulary[v]}]`,
      value: reached(k) ? trace.probabilities[k * V + v]! : null,
      expression: reached(k) ? probability(pass, k, v) : undefined,
    }),
  };
}

/** (p − onehot) / divisor of every token. */
export function logitGradientsOverTime(pass: PassView): MatrixView {
  const { trace, K, V, dataset } = pass;
  let limit = 0;
  for (const value of trace.dLogits) limit = Math.max(limit, Math.abs(value));
  return {
    name: '∂L/∂logits',
    rows: V,
    columns: K,
    value: (v, k) => trace.dLogits[k * V + v]!,
    scale: { kind: 'diverging', limit },
    rowNames: dataset.targetVocabulary,
    columnNames: Array.from(trace.targetCodes, (code) => dataset.targetVocabulary[code] ?? ''),
    isFramed: (v, k) => trace.targetCodes[k] === v,
    note: (v, k) => ({
      name: `∂L/∂${lossName(pass, 'logits', k)}[${dataset.targetVocabulary[v]}]`,
      value: trace.dLogits[k * V + v]!,
      expression: logitGradient(pass, k, v),
    }),
  };
}

/** What a matrix holds, to be copied. */
export function copiedMatrix(matrix: MatrixView) {
  const places = Array.from({ length: matrix.rows * matrix.columns }, (_, i) => ({
    row: Math.floor(i / matrix.columns),
    column: i % matrix.columns,
  }));
  return {
    name: matrix.name,
    shape: matrix.columns === 1 ? [matrix.rows] : [matrix.rows, matrix.columns],
    values: places.map(({ row, column }) => matrix.value(row, column)),
    expression: (index: number) => {
      const place = places[index];
      return place && matrix.note(place.row, place.column).expression;
    },
  };
}

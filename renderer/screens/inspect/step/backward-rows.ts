/** The matrices of a backward step. Pure. */
import type { RunningGradient } from '../../../../engine/questions.ts';
import { constant, type Expression, operand, product, sum } from '../numbers/expression.ts';
import type { NumberNote } from '../numbers/notes.svelte.ts';
import { type NumberScale, scaleOf } from '../numbers/number-scale.ts';
import { type CellStory, fromNext, slope } from './cell-story.ts';
import {
  type CellView,
  fromNextTerms,
  gateAt,
  inputName,
  matrixName,
  nextStep,
  previousStep,
  recurrentName,
  stateAt,
  stepName,
  total,
  unitName,
} from './cell-view.ts';
import { hasOutput, outputTerms, type PassView } from './pass-view.ts';
import { block, column, type RowGroup, type RowItem, sign } from './row.ts';

/** Words that stand with the numbers, in the window's language. */
export interface BackwardWords {
  arrives: string;
  /** `arrives at c₃` */
  cellArrives: string;
  through: string;
  adds: string;
  leaves: string;
  /** `from L₃`, `from layer 1` or why nothing comes. */
  fromOutput: string;
  /** `from t = 4`, or that nothing comes after. */
  fromNext: string;
  rankOne: string;
  /** `3 of 5 added` */
  added: string;
  input: string;
  /** Where dh₋ goes: to the step before or to h₀. */
  leavesTo: string;
}

export interface BackwardChoice {
  unit: number;
  /** The gate whose weights are shown. */
  gate: number;
  /** Column of W_hh whose sum is followed. */
  to: number;
  chooseUnit(unit: number, part: string): void;
  chooseWeight(unit: number, to: number): void;
}

export interface RunningSums {
  hh: RunningGradient | null;
  ih: RunningGradient | null;
}

/** A part of a backward step, and the way it comes about. */
export function backwardPart(
  pass: PassView,
  view: CellView,
  story: CellStory,
  part: string,
  unit: number,
): NumberNote {
  const { back, t, trace } = view;
  const name = unitName(view, part, t, unit);
  const of = (column: Float32Array) => stateAt(view, column, t, unit);
  switch (part) {
    case 'dh':
      return {
        name,
        value: of(back!.dh),
        expression: total([...outputTerms(pass, view, unit), ...fromNext(view, story, unit)]),
      };
    case 'dc':
      return {
        name,
        value: of(back!.dc!),
        expression: sum(...cellFromNext(view, story, unit), story.cell!.fromH(view, unit)),
      };
    default: {
      const gate = trace.gateNames.findIndex((_, g) => inputName(view, g) === part);
      return {
        name,
        value: gateAt(view, back!.dInputSums, t, gate, unit),
        expression: product(story.dGate(view, gate, unit), slope(view, story, gate, unit)),
      };
    }
  }
}

/** What arrives at dc_t from the next step; nothing at the first step on the way back. */
function cellFromNext(view: CellView, story: CellStory, unit: number): Expression[] {
  const next = nextStep(view);
  return next < 0 || next >= view.T ? [] : [story.cell!.previous({ ...view, t: next }, unit)];
}

/** What can be chosen in a backward step: dh, with a cell state dc, then each gate's own. */
export function backwardParts(view: CellView): string[] {
  return [
    'dh',
    ...(view.back?.dc ? ['dc'] : []),
    ...view.trace.gateNames.map((_, gate) => inputName(view, gate)),
  ];
}

/** All groups of a backward step from left to right, under one symmetric colour limit. */
export function backwardRow(
  pass: PassView,
  view: CellView,
  story: CellStory,
  running: RunningSums,
  choice: BackwardChoice,
  words: BackwardWords,
  scale: NumberScale,
): RowGroup[] {
  return [
    arrives(pass, view, story, choice, words, scale),
    ...(story.cell ? [cellArrives(pass, view, story, choice, words, scale)] : []),
    through(pass, view, story, choice, words, scale),
    adds(view, running, choice, words, scale),
    leaves(view, story, choice, words, scale),
  ];
}

/** The greatest gradient of a direction at any step: the limit of the colours of all its backward steps. */
export function backwardScale(view: CellView): NumberScale {
  const { back } = view;
  return back
    ? scaleOf('diverging', back.dh, back.dInputSums, back.fromOutput, back.dhPrevious)
    : { kind: 'diverging', limit: 0 };
}

const vector = (view: CellView, values: Float32Array) =>
  values.subarray(view.t * view.H, (view.t + 1) * view.H);

function arrives(
  pass: PassView,
  view: CellView,
  story: CellStory,
  { unit, chooseUnit }: BackwardChoice,
  words: BackwardWords,
  scale: NumberScale,
): RowGroup {
  const { back, t, T } = view;
  const next = nextStep(view);
  const isLast = next < 0 || next >= T;
  const options = { names: view.unitNames, chosen: unit, scale };
  const isPlain = view.trace.gateNames.length === 1;
  const through = `${isPlain ? 'W_hhᵀ' : 'W_hᵀ'} ${stepName('da', next, T)}`;
  const nextName = story.beside ? `${through} + ${story.beside.equation}` : through;
  return {
    title: words.arrives,
    items: [
      column({
        ...options,
        ...{
          name: '∂L/∂out',
          values: vector(view, back!.fromOutput),
          caption: words.fromOutput,
          withNames: true,
        },
        note: (row) => ({
          name: unitName(view, '∂L/∂out', t, row),
          value: stateAt(view, back!.fromOutput, t, row),
          expression: hasOutput(pass, view) ? total(outputTerms(pass, view, row)) : constant(0),
        }),
        choose: (row) => chooseUnit(row, 'dh'),
      }),
      sign('+'),
      column({
        ...options,
        ...{ name: isLast ? '0' : nextName },
        ...{ values: vector(view, back!.fromNext), caption: words.fromNext },
        note: (row) => ({
          name: unitName(view, 'dh₋', isLast ? t : next, row),
          value: stateAt(view, back!.fromNext, t, row),
          expression: total(isLast ? [] : fromNext(view, story, row)),
        }),
        choose: (row) => chooseUnit(row, 'dh'),
      }),
      sign('='),
      column({
        ...options,
        ...{ name: stepName('dh', t, T), values: vector(view, back!.dh) },
        note: (row) => backwardPart(pass, view, story, 'dh', row),
        choose: (row) => chooseUnit(row, 'dh'),
      }),
    ],
  };
}

function cellArrives(
  pass: PassView,
  view: CellView,
  story: CellStory,
  { unit, chooseUnit }: BackwardChoice,
  words: BackwardWords,
  scale: NumberScale,
): RowGroup {
  const { back, t, T } = view;
  const next = nextStep(view);
  const isLast = next < 0 || next >= T;
  const options = {
    names: view.unitNames,
    chosen: unit,
    scale,
    choose: (row: number) => chooseUnit(row, 'dc'),
  };
  return {
    title: words.cellArrives,
    items: [
      column({
        ...options,
        ...{ name: isLast ? '0' : `${stepName('dc', next, T)} ∘ f`, values: vector(view, back!.dcFromNext!) },
        note: (row) => ({
          name: unitName(view, 'dc₋', nextStep(view), row),
          value: stateAt(view, back!.dcFromNext!, t, row),
          expression: total(cellFromNext(view, story, row)),
        }),
      }),
      sign('+'),
      column({
        ...options,
        ...{ name: 'dh ∘ o ∘ (1 − tanh²c)', values: vector(view, back!.dcFromH!) },
        note: (row) => ({
          name: unitName(view, 'dh·o·(1 − tanh²c)', t, row),
          value: stateAt(view, back!.dcFromH!, t, row),
          expression: story.cell!.fromH(view, row),
        }),
      }),
      sign('='),
      column({
        ...options,
        ...{ name: stepName('dc', t, T), values: vector(view, back!.dc!) },
        note: (row) => backwardPart(pass, view, story, 'dc', row),
      }),
    ],
  };
}

function through(
  pass: PassView,
  view: CellView,
  story: CellStory,
  { unit, chooseUnit }: BackwardChoice,
  words: BackwardWords,
  scale: NumberScale,
): RowGroup {
  const { back, trace, t, H, T } = view;
  const gates = trace.gateNames;
  const isPlain = gates.length === 1;
  const gateBlock = (
    name: string,
    values: Float32Array,
    note: (row: number, gate: number) => NumberNote,
    itsScale: NumberScale,
    caption?: string,
  ): RowItem =>
    block({
      ...{ name, rows: H, columns: gates.length, rowNames: view.unitNames, columnNames: gates, row: unit },
      value: (row, gate) => gateAt(view, values, t, gate, row),
      ...{ note, scale: itsScale, caption, column: isPlain ? 0 : null },
      names: isPlain ? 'none' : 'columns',
      choose: (row, gate) => chooseUnit(row, inputName(view, gate)),
    });
  const h = stepName('h', t, T);
  const slopeNames = { tanh: `1 − ${h}²`, relu: `${h} > 0` };
  const slopes = gateBlock(
    isPlain ? slopeNames[view.nonlinearity] : '∂gate/∂a',
    back!.slopes,
    (row, gate) => ({
      name: unitName(view, isPlain ? 'slope' : `slope_${gates[gate]}`, t, row),
      value: gateAt(view, back!.slopes, t, gate, row),
      expression: slope(view, story, gate, row),
    }),
    { kind: 'sequential', limit: 1 },
  );
  const da = gateBlock(
    isPlain ? stepName('da', t, T) : 'da',
    back!.dInputSums,
    (row, gate) => backwardPart(pass, view, story, inputName(view, gate), row),
    scale,
  );
  const dGates = gateBlock(
    '∂L/∂gate',
    back!.dGates,
    (row, gate) => ({
      name: unitName(view, `d${gates[gate]}`, t, row),
      value: gateAt(view, back!.dGates, t, gate, row),
      expression: story.dGate(view, gate, row),
    }),
    scale,
  );
  const items = isPlain ? [sign('∘'), slopes, sign('='), da] : [dGates, sign('∘'), slopes, sign('='), da];
  return { title: words.through, items };
}

/** The entries of the rank-one matrix of a step: the gate's gradient times what the weights read. */
export function addition(view: CellView, gate: number, t: number, unit: number, to: number): Expression {
  const { back } = view;
  const there = { ...view, t };
  const sums = back!.dRecurrentSums ?? back!.dInputSums;
  return product(
    operand(unitName(view, recurrentName(view, gate), t, unit), gateAt(view, sums, t, gate, unit)),
    operand(unitName(view, 'h', previousStep(there), to), stateAt(view, view.trace.hPrevious, t, to)),
  );
}

/** Steps whose additions are made when the way back has come to the view's step, in that order. */
export function stepsSoFar({ trace, t, T }: CellView): number[] {
  const all = Array.from({ length: T }, (_, i) => i);
  return trace.reverse ? all.slice(0, t + 1) : all.slice(t).toReversed();
}

function adds(
  view: CellView,
  { hh, ih }: RunningSums,
  { unit, gate, to, chooseWeight }: BackwardChoice,
  words: BackwardWords,
  scale: NumberScale,
): RowGroup {
  const { trace, back, t, H, I, T } = view;
  const so = stepsSoFar(view);
  const sums = back!.dRecurrentSums ?? back!.dInputSums;
  const at = (row: number, column: number) =>
    gateAt(view, sums, t, gate, row) * stateAt(view, trace.hPrevious, t, column);
  const own = scaleOf('diverging', hh?.after ?? [], ih?.after ?? []);
  // Sums that the stage's colours would not show, or not tell apart, have a scale of their own.
  const sumScale = own.limit > 0 && (own.limit > scale.limit || own.limit < scale.limit / 8) ? own : scale;
  const name = matrixName(view, 'W_h', gate);
  const inName = matrixName(view, 'W_i', gate);
  const met = view.isOneHot ? new Uint8Array(I) : null;
  for (const step of met ? so : []) for (let i = 0; i < I; i++) if (trace.x[step * I + i] !== 0) met![i] = 1;
  const seen = (column: number) => met === null || met[column] === 1;
  const sumOf = (of: RunningGradient | null, columns: number, row: number, column: number) =>
    of ? of.after[(gate * H + row) * columns + column]! : null;
  const rank = `${stepName(recurrentName(view, gate), t, T)} ${stepName('h', previousStep(view), T)}ᵀ`;
  return {
    title: words.adds,
    items: [
      block({
        ...{
          name: rank,
          rows: H,
          columns: H,
          value: at,
          rowNames: view.unitNames,
          columnNames: view.unitNames,
        },
        ...{ row: unit, column: to, scale, caption: words.rankOne, names: 'columns' },
        note: (row, column) => ({
          name: `(${rank})[${view.unitNames[row]}, ${view.unitNames[column]}]`,
          value: at(row, column),
          expression: addition(view, gate, t, row, column),
        }),
        choose: chooseWeight,
      }),
      sign('→'),
      block({
        ...{ name: `d${name}`, rows: H, columns: H, rowNames: view.unitNames, columnNames: view.unitNames },
        value: (row, column) => sumOf(hh, H, row, column),
        ...{ row: unit, column: to, scale: sumScale, caption: words.added, names: 'columns' },
        note: (row, column) => ({
          name: `d${name}[${view.unitNames[row]}, ${view.unitNames[column]}]`,
          value: sumOf(hh, H, row, column),
          // A sum over all steps is written out only where it is read.
          get expression() {
            return total(so.map((step) => addition(view, gate, step, row, column)));
          },
        }),
        choose: chooseWeight,
      }),
      block({
        ...{
          name: `d${inName}`,
          rows: H,
          columns: I,
          rowNames: view.unitNames,
          columnNames: view.inputNames,
        },
        value: (row, column) => (seen(column) ? sumOf(ih, I, row, column) : null),
        ...{ row: unit, column: null, scale: sumScale, caption: words.input, names: 'columns' },
        note: (row, column) => ({
          name: `d${inName}[${view.unitNames[row]}, ${view.inputNames[column]}]`,
          value: seen(column) ? sumOf(ih, I, row, column) : null,
          get expression() {
            return total(so.map((step) => inputAddition(view, gate, step, row, column)));
          },
        }),
        choose: (row) => chooseWeight(row, to),
      }),
    ],
  };
}

function inputAddition(view: CellView, gate: number, t: number, unit: number, to: number): Expression {
  const { back, trace, I, T } = view;
  const x = stepName('x', t, T);
  return product(
    operand(unitName(view, inputName(view, gate), t, unit), gateAt(view, back!.dInputSums, t, gate, unit)),
    operand(`${x}[${view.inputNames[to]}]`, trace.x[t * I + to]!),
  );
}

function leaves(
  view: CellView,
  story: CellStory,
  { unit, chooseUnit }: BackwardChoice,
  words: BackwardWords,
  scale: NumberScale,
): RowGroup {
  const { back, t, T } = view;
  const before = previousStep(view);
  /** The terms that the step before, or h₀, finds as those from its next step. */
  const leaving = (row: number) => [
    ...fromNextTerms({ ...view, t: before }, row),
    ...(story.beside ? [story.beside.expression(view, row)] : []),
  ];
  const items: RowItem[] = [
    column({
      ...{ name: stepName('dh', before, T), values: vector(view, back!.dhPrevious) },
      ...{ names: view.unitNames, chosen: unit, scale, caption: words.leavesTo },
      note: (row) => ({
        name: unitName(view, 'dh₋', t, row),
        value: stateAt(view, back!.dhPrevious, t, row),
        expression: total(leaving(row)),
      }),
      choose: (row) => chooseUnit(row, 'dh'),
    }),
  ];
  if (back!.dcPrevious) {
    items.push(
      column({
        ...{ name: stepName('dc', before, T), values: vector(view, back!.dcPrevious) },
        ...{ names: view.unitNames, chosen: unit, scale, caption: `dc ∘ f` },
        note: (row) => ({
          name: unitName(view, 'dc₋', t, row),
          value: stateAt(view, back!.dcPrevious!, t, row),
          expression: story.cell!.previous(view, row),
        }),
        choose: (row) => chooseUnit(row, 'dc'),
      }),
    );
  }
  return { title: words.leaves, items };
}

/** The matrices of a forward step. Pure. */
import type { NumberNote } from '../numbers/notes.svelte.ts';
import { scaleOf } from '../numbers/number-scale.ts';
import type { CellStory } from './cell-story.ts';
import { forwardPart } from './cell-story.ts';
import {
  type CellView,
  gateAt,
  matrixName,
  previousStep,
  rowOf,
  stateAt,
  stepName,
  unitName,
} from './cell-view.ts';
import {
  logit,
  logitSum,
  lossName,
  lossStepOf,
  type PassView,
  probability,
  probabilityAt,
} from './pass-view.ts';
import { block, column, type RowGroup, type RowItem, shapeText, sign } from './row.ts';

export interface Chooser {
  unit: number;
  /** A press on a unit of a part: a gate's name, c or h. */
  choose(part: string, unit: number): void;
}

/** The numbers of one unit's column at the view's step. */
const unitsOf = (view: CellView, of: (unit: number) => number) =>
  Float32Array.from({ length: view.H }, (_, unit) => of(unit));

/** A gate: W_ih x + b_ih + W_hh h₋ + b_hh = a, then its function. */
export function gateRow(view: CellView, story: CellStory, gate: number, { unit, choose }: Chooser): RowGroup {
  const { trace, weights, keys, t, H, I, T } = view;
  const part = trace.gateNames[gate]!;
  const own = (name: string, value: number): NumberNote => ({ name, value });
  const weightBlock = (kind: 'W_i' | 'W_h', key: string, columns: number, columnNames: readonly string[]) => {
    const { data } = weights[key]!;
    const name = matrixName(view, kind, gate);
    const at = (row: number, c: number) => data[rowOf(view, gate, row, columns) + c]!;
    return block({
      ...{ name, rows: H, columns, value: at, rowNames: view.unitNames, columnNames, row: unit },
      note: (row, c) => own(`${name}[${view.unitNames[row]}, ${columnNames[c]}]`, at(row, c)),
      scale: scaleOf('diverging', data),
      names: kind === 'W_i' ? 'rows' : 'none',
      choose: (row) => choose(part, row),
    });
  };
  const bias = (kind: 'b_i' | 'b_h', key: string): RowItem[] => {
    const tensor = weights[key];
    if (tensor === undefined) return [];
    const name = matrixName(view, kind, gate);
    const values = tensor.data.subarray(gate * H, (gate + 1) * H);
    const note = (row: number) => own(`${name}[${view.unitNames[row]}]`, values[row]!);
    return [
      sign('+'),
      column({ name, values, names: view.unitNames, note, chosen: unit, choose: (row) => choose(part, row) }),
    ];
  };
  const xName = stepName('x', t, T);
  const hName = stepName('h', previousStep(view), T);
  const x = trace.x.subarray(t * I, (t + 1) * I);
  const h = trace.hPrevious.subarray(t * H, (t + 1) * H);
  const isPlain = trace.gateNames.length === 1;
  const aName = isPlain ? 'a' : `a_${part}`;
  const a = unitsOf(view, (row) => gateAt(view, trace.preActivations, t, gate, row));
  const fn = story.activation(view, gate);
  const reset = story.resetGate(gate);
  const recurrent = [
    weightBlock('W_h', keys.hh, H, view.unitNames),
    sign('·'),
    column({
      ...{ name: hName, values: h, names: view.unitNames, chosen: null },
      note: (row) => own(`${hName}[${view.unitNames[row]}]`, h[row]!),
    }),
    ...bias('b_h', keys.biasHh),
  ];
  return {
    title: null,
    items: [
      weightBlock('W_i', keys.ih, I, view.inputNames),
      sign('·'),
      column({
        ...{ name: xName, values: x, names: view.inputNames, chosen: null },
        kind: view.isOneHot ? 'sequential' : 'diverging',
        note: (row) => own(`${xName}[${view.inputNames[row]}]`, x[row]!),
      }),
      ...bias('b_i', keys.biasIh),
      sign('+'),
      ...(reset !== null
        ? [
            partColumn(view, story, trace.gateNames[reset]!, { unit, choose }, 'sequential'),
            sign('∘ ('),
            ...recurrent,
            sign(')'),
          ]
        : recurrent),
      sign('='),
      column({
        ...{ name: stepName(aName, t, T), values: a, names: view.unitNames, chosen: unit },
        note: (row) => ({
          ...own(unitName(view, aName, t, row), a[row]!),
          expression: story.preActivation(view, gate, row),
        }),
        choose: (row) => choose(part, row),
      }),
      sign(fn === 'sigmoid' ? 'σ' : fn),
      partColumn(view, story, part, { unit, choose }, fn === 'sigmoid' ? 'sequential' : 'diverging'),
    ],
  };
}

/** A gate or a state as a column whose numbers say how they come about. */
function partColumn(
  view: CellView,
  story: CellStory,
  part: string,
  { unit, choose }: Chooser,
  kind: 'diverging' | 'sequential',
): RowItem {
  const { trace, t } = view;
  const gate = trace.gateNames.indexOf(part);
  const state = part === 'c' ? trace.c! : trace.h;
  const values = unitsOf(view, (row) =>
    gate === -1 ? stateAt(view, state, t, row) : gateAt(view, trace.gates, t, gate, row),
  );
  return column({
    ...{ name: stepName(part, t, view.T), values, names: view.unitNames, chosen: unit },
    scale: scaleOf(kind, values, [1]),
    note: (row) => forwardPart(view, story, part, row),
    choose: (row) => choose(part, row),
  });
}

/** How c and h are made of the gates: a line each; none for the plain cell, whose gate is h. */
export function stateRows(view: CellView, story: CellStory, chooser: Chooser): RowGroup[] {
  const { trace, t, H, T } = view;
  const previous = (quantity: 'h' | 'c') => {
    const name = stepName(quantity, previousStep(view), T);
    const values = (quantity === 'h' ? trace.hPrevious : trace.cPrevious!).subarray(t * H, (t + 1) * H);
    const note = (row: number) => ({ name: `${name}[${view.unitNames[row]}]`, value: values[row]! });
    return column({ name, values, names: view.unitNames, note, chosen: chooser.unit });
  };
  const item = (name: string): RowItem => {
    if (name === 'h₋' || name === 'c₋') return previous(name === 'h₋' ? 'h' : 'c');
    const gate = trace.gateNames.indexOf(name);
    if (gate === -1 && name !== 'c' && name !== 'h') return sign(name);
    const isShare = gate !== -1 && story.activation(view, gate) === 'sigmoid';
    return partColumn(view, story, name, chooser, isShare ? 'sequential' : 'diverging');
  };
  return story.states.map(({ name, layout }) => ({
    title: `${name} = ${layout.join(' ')}`,
    items: [...layout.map(item), sign('='), item(name)],
  }));
}

/** From the last layer's h to the probabilities; empty where this direction's step has no output. */
export function outputRow(pass: PassView, view: CellView): RowGroup[] {
  const { model, trace, weights, V, dataset } = pass;
  if (view.trace.layer < model.numLayers - 1) return [];
  const k = lossStepOf(pass, view.trace.reverse, view.t);
  if (k === null) return [];
  const names = dataset.targetVocabulary;
  const target = trace.targetCodes[k]!;
  const p = Float32Array.from({ length: V }, (_, v) => probabilityAt(pass, k, v));
  const softmax: RowItem[] = [
    sign('softmax'),
    column({
      ...{
        name: lossName(pass, 'p', k),
        values: p,
        names,
        chosen: target,
        scale: { kind: 'sequential', limit: 1 },
      },
      caption: shapeText(V),
      note: (v) => ({
        name: `${lossName(pass, 'p', k)}[${names[v]}]`,
        value: p[v]!,
        expression: probability(pass, k, v),
      }),
      withNames: model.head !== 'none' || model.bidirectional,
    }),
  ];
  const head = weights['head.weight'];
  if (head === undefined) {
    // Of two directions each brings a half of the logits.
    if (!model.bidirectional) return [{ title: null, items: softmax }];
    return [{ title: 'logits = [h; h reverse]', items: [logitsColumn(pass, k, null), ...softmax] }];
  }
  const width = head.shape[1]!;
  const h = trace.features.subarray(k * width, (k + 1) * width);
  const hName = lossName(pass, 'h', k);
  const unitNumbers = Array.from({ length: width }, (_, j) => String(j));
  const biases = weights['head.bias']!.data;
  return [
    {
      title: 'logits = W_head h + b_head',
      items: [
        block({
          ...{
            name: 'W_head',
            rows: V,
            columns: width,
            rowNames: names,
            columnNames: unitNumbers,
            row: target,
          },
          value: (v, j) => head.data[v * width + j]!,
          note: (v, j) => ({ name: `W_head[${names[v]}, ${j}]`, value: head.data[v * width + j]! }),
          scale: scaleOf('diverging', head.data),
          names: 'rows',
        }),
        sign('·'),
        column({
          ...{ name: hName, values: h, names: unitNumbers, chosen: null },
          note: (j) => ({ name: `${hName}[${j}]`, value: h[j]! }),
        }),
        sign('+'),
        column({
          ...{ name: 'b_head', values: biases, names, chosen: target },
          note: (v) => ({ name: `b_head[${names[v]}]`, value: biases[v]! }),
        }),
        sign('='),
        logitsColumn(pass, k, target),
        ...softmax,
      ],
    },
  ];
}

function logitsColumn(pass: PassView, k: number, chosen: number | null): RowItem {
  const { trace, V, dataset } = pass;
  const values = trace.trace.prediction.logits.subarray(k * V, (k + 1) * V);
  return column({
    ...{ name: lossName(pass, 'logits', k), values, names: dataset.targetVocabulary, chosen },
    note: (v) => {
      const { name, value } = logit(pass, k, v) as { name: string; value: number };
      return { name, value, expression: logitSum(pass, k, v) ?? undefined };
    },
  });
}

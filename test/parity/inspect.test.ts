/** What Inspect tells of the way back, of interventions and of updates, against autograd and torch.optim. */
import { describe, expect, it } from 'vitest';
import { backwardTrace } from '../../engine/inspect/backward-trace.ts';
import { trace } from '../../engine/inspect/trace.ts';
import { trainedModel } from '../../engine/inspect/trained.ts';
import { createReferenceKernels } from '../../engine/kernels/reference.ts';
import type { CellName } from '../../engine/layers/cells.ts';
import type { OptimizerSpec, WeightsJson } from '../../engine/model/experiment.ts';
import { defaultModel } from '../../engine/model/spec.ts';
import type { StatePatch } from '../../engine/questions.ts';
import { createOptimizer } from '../../engine/training/optimizers.ts';
import { updateColumns } from '../../engine/training/update-story.ts';
import { expectAgreement, readFixture } from './agree.ts';

interface SequenceRow {
  cell: CellName;
  inputSize: number;
  outputSize: number;
  hiddenSize: number;
  weights: WeightsJson;
  input: number[];
  target: number[];
  dh: number[][];
  dc: number[][] | null;
  gradients: Record<string, number[]>;
  patches: { layer: number; step: number; state: 'h' | 'c'; units: number[]; set: number[] }[];
  patchedLogits: number[];
  patchedStates: number[][];
}

interface UpdateRow {
  optimizer: OptimizerSpec;
  value: number[];
  steps: { gradient: number[]; value: number[]; state: Record<string, number[]> }[];
}

const { sequences, updates } = readFixture<{ sequences: SequenceRow[]; updates: UpdateRow[] }>(
  'inspect.json',
);
const onePass = { absolute: 2e-6, relative: 1e-5 };
const letters = [...'abcd'];

describe.each(sequences.map((row) => [row.cell, row] as const))('%s', (_, row) => {
  const trained = trainedModel({
    model: { ...defaultModel(), cell: row.cell, hiddenSize: row.hiddenSize, numLayers: 2, head: 'linear' },
    task: 'mapping',
    tokens: 'characters',
    vocabulary: letters.slice(0, row.inputSize),
    targetVocabulary: letters.slice(0, row.outputSize),
    weights: row.weights,
  });
  const text = (codes: number[]) => codes.map((code) => letters[code]).join('');

  it('has autograd’s gradient at every h_t and c_t, and at every parameter', () => {
    const pair = { input: text(row.input), target: text(row.target) };
    const found = backwardTrace(trained, { ...pair, step: null, loss: 'sum' });
    if (!found.ok) throw new Error(found.problems[0]!.message);
    for (const [l, { dh, dc }] of found.value.directions.entries()) {
      expectAgreement(dh, row.dh[l]!, onePass, `dh of layer ${l}`);
      if (row.dc) expectAgreement(dc!, row.dc[l]!, onePass, `dc of layer ${l}`);
    }
    for (const [key, gradient] of Object.entries(row.gradients))
      expectAgreement(found.value.gradients[key]!.data, gradient, onePass, key);
  });

  it('says what a loop says whose states are set on the way', () => {
    const patches = row.patches.map(
      (patch): StatePatch => ({ ...patch, reverse: false, set: Float32Array.from(patch.set) }),
    );
    const found = trace(trained, { input: text(row.input), patches });
    if (!found.ok) throw new Error(found.problems[0]!.message);
    expectAgreement(found.value.prediction.logits, row.patchedLogits, onePass, 'logits');
    for (const [l, { h }] of found.value.directions.entries())
      expectAgreement(h, row.patchedStates[l]!, onePass, `h of layer ${l}`);
  });
});

describe.each(updates.map((row) => [JSON.stringify(row.optimizer), row] as const))('%s', (_, row) => {
  it('updates as torch.optim does, with its state', () => {
    const spec = row.optimizer;
    const value = Float32Array.from(row.value);
    const optimizer = createOptimizer(spec, value.length, createReferenceKernels());
    const state = () =>
      Object.fromEntries(optimizer.state.map(({ name, values }) => [name, Float32Array.from(values)]));
    for (const { gradient, value: theirs, state: theirState } of row.steps) {
      const [before, valueBefore] = [state(), Float32Array.from(value)];
      optimizer.update(value, Float32Array.from(gradient), spec.lr);
      const columns = updateColumns(spec, {
        ...{ lr: spec.lr, steps: optimizer.steps, clip: 1, value: valueBefore, before, after: state() },
        ...{ gradient: Float32Array.from(gradient), valueAfter: Float32Array.from(value) },
      });
      const column = (name: string) => columns.find(({ quantity }) => quantity === name)!.data;
      expectAgreement(column('valueAfter'), theirs, onePass, 'value');
      const start = columns.some(({ quantity }) => quantity === 'shrunk') ? column('shrunk') : valueBefore;
      const moved = theirs.map((after, i) => after - start[i]!);
      expectAgreement(column('delta'), moved, { absolute: 1e-6, relative: 1e-5 }, 'delta');
      const names: Record<string, string> = { momentum: 'buffer', m: 'm', v: 'v', squares: 'squares' };
      expect(Object.keys(theirState).sort()).toEqual(Object.keys(state()).sort());
      for (const [name, values] of Object.entries(theirState))
        expectAgreement(column(names[name]!), values, onePass, name);
    }
  });
});

/** nn.RNN, GRU and LSTM forward and backward, and their single-step cells, against PyTorch's numbers. */
import { describe, expect, it } from 'vitest';
import { trainingDefaults } from '../../engine/data/defaults.ts';
import { showShapes } from '../../engine/inspect/shapes.ts';
import { finish } from '../../engine/kernels/pieces.ts';
import { createReferenceKernels } from '../../engine/kernels/reference.ts';
import { type CellName, findCell } from '../../engine/layers/cells.ts';
import { createParameters } from '../../engine/layers/parameters.ts';
import { backwardRecurrent, createRecurrent, forwardRecurrent } from '../../engine/layers/recurrent.ts';
import type { ShapesExperiment, TensorJson } from '../../engine/model/experiment.ts';
import { defaultModel, parameterShapes } from '../../engine/model/spec.ts';
import { createPacking, packEqual } from '../../engine/tensor/packing.ts';
import { expectAgreement, readFixture } from './agree.ts';

type Tensors = Record<string, TensorJson>;

interface SequenceFixture {
  cell: CellName;
  numLayers: number;
  bidirectional: boolean;
  bias: boolean;
  nonlinearity: 'tanh' | 'relu';
  inputSize: number;
  hiddenSize: number;
  weights: Tensors;
  input: TensorJson;
  h0: TensorJson;
  c0?: TensorJson;
  output: TensorJson;
  hn: TensorJson;
  cn?: TensorJson;
  outputGradient: TensorJson;
  gradients: Tensors;
}

interface CellFixture {
  cell: CellName;
  inputSize: number;
  hiddenSize: number;
  seed: number;
  weights: Tensors;
  input: TensorJson;
  steps: { h: TensorJson; c?: TensorJson }[];
}

const onePass = { absolute: 2e-6, relative: 1e-5 };
const initial = { absolute: 3e-7, relative: 0 };

const sequences = readFixture<SequenceFixture[]>('forward-backward.json').map((fixture) => ({
  name: [
    `${fixture.cell} ${fixture.nonlinearity}, ${fixture.numLayers} layers`,
    fixture.bidirectional ? 'both directions' : 'one direction',
    fixture.bias ? 'bias' : 'no bias',
  ].join(', '),
  fixture,
}));

describe('over sequences', () => {
  it.each(sequences)('$name', ({ fixture }) => {
    const { cell, hiddenSize: H, numLayers: L, inputSize: I } = fixture;
    const D = fixture.bidirectional ? 2 : 1;
    const [T, B] = fixture.input.shape as [number, number];
    const kernels = createReferenceKernels();
    const spec = { ...defaultModel(), ...fixture };
    const parameters = createParameters(parameterShapes(spec, { inputSize: I, outputSize: D * H }), kernels);
    for (const { key, value } of parameters.entries) {
      value.set(fixture.weights[key.replace('rnn.', '')]!.data);
    }
    const recurrent = createRecurrent(
      { cell: findCell(cell, fixture.nonlinearity), I, H, L, D, dropout: 0 },
      parameters,
      { steps: T, sequences: B, rows: T * B, training: true },
      kernels,
    );
    const packing = createPacking(T);
    packEqual(packing, T, B);
    const x = new Float32Array(fixture.input.data);
    const all = recurrent.layers.flatMap((layer) => layer.directions);
    const rowsOf = (values: Float32Array | Float64Array) => Array.from(values.subarray(0, B * H));
    for (const [i, direction] of all.entries()) {
      direction.hState.set(fixture.h0.data.slice(i * B * H, (i + 1) * B * H));
      if (fixture.c0) direction.cState.set(fixture.c0.data.slice(i * B * H, (i + 1) * B * H));
    }

    finish(forwardRecurrent(recurrent, packing, null, x, null, kernels));
    expectAgreement(recurrent.output, fixture.output.data, onePass, 'output');
    expectAgreement(
      all.flatMap(({ hState }) => rowsOf(hState)),
      fixture.hn.data,
      onePass,
      'hn',
    );
    if (fixture.cn)
      expectAgreement(
        all.flatMap(({ cState }) => rowsOf(cState)),
        fixture.cn.data,
        onePass,
        'cn',
      );

    const dx = new Float32Array(x.length);
    recurrent.dOutput.set(fixture.outputGradient.data);
    finish(backwardRecurrent(recurrent, packing, null, x, dx, true, false, kernels));
    const { gradients } = fixture;
    for (const { key, gradient } of parameters.entries) {
      expectAgreement(gradient, gradients[key.replace('rnn.', '')]!.data, onePass, key);
    }
    expectAgreement(dx, gradients.input!.data, onePass, 'input gradient');
    expectAgreement(
      all.flatMap(({ buffers }) => rowsOf(buffers.dh)),
      gradients.h0!.data,
      onePass,
      'h0',
    );
    if (gradients.c0) {
      expectAgreement(
        all.flatMap(({ buffers }) => rowsOf(buffers.dc)),
        gradients.c0.data,
        onePass,
        'c0',
      );
    }
  });
});

describe('called once a time step', () => {
  it.each(readFixture<CellFixture[]>('cells.json'))('$cell from seed $seed', (fixture) => {
    const { weights, input, seed, cell, inputSize, hiddenSize } = fixture;
    const [sequenceLength, batchSize] = input.shape as [number, number];
    const experiment: ShapesExperiment = {
      format: 'ohlol/experiment',
      version: 1,
      name: 'cell',
      dataset: { task: 'shapes', call: 'cell', inputSize, sequenceLength, batchSize },
      model: { ...defaultModel(), cell, hiddenSize },
      training: { ...trainingDefaults, seed },
      initialWeights: Object.fromEntries(
        Object.entries(weights).map(([key, tensor]) => [`rnn.${key}_l0`, tensor]),
      ),
    };
    const fromSeed = showShapes({ ...experiment, initialWeights: null });
    const fromWeights = showShapes(experiment);
    if (!fromSeed.ok || !fromWeights.ok) throw new Error('the experiment was refused');
    for (const [t, step] of fixture.steps.entries()) {
      const seeded = fromSeed.value.steps[t]!.tensors;
      const given = fromWeights.value.steps[t]!.tensors;
      const I = batchSize * inputSize;
      expectAgreement(seeded[0]!.data, input.data.slice(t * I, (t + 1) * I), initial, 'input');
      expectAgreement(given[1]!.data, step.h.data, onePass, 'h');
      expectAgreement(seeded[1]!.data, step.h.data, onePass, 'h from the seed');
      expect(given[1]!.shape).toEqual(step.h.shape);
      if (step.c) expectAgreement(given[2]!.data, step.c.data, onePass, 'c');
    }
    expect(fromSeed.value.steps).toHaveLength(fixture.steps.length);
  });
});

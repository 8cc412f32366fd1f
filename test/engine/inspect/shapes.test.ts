import { describe, expect, it } from 'vitest';
import { trainingDefaults } from '../../../engine/data/defaults.ts';
import { showShapes } from '../../../engine/inspect/shapes.ts';
import type { ShapesDataset, WeightsJson } from '../../../engine/model/experiment.ts';
import { defaultModel, type ModelSpec } from '../../../engine/model/spec.ts';

function show(
  call: ShapesDataset['call'],
  model: Partial<ModelSpec>,
  initialWeights: WeightsJson | null = null,
) {
  const found = showShapes({
    format: 'ohlol/experiment',
    version: 1,
    name: 'shapes',
    dataset: { task: 'shapes', inputSize: 4, sequenceLength: 3, batchSize: 2, call },
    model: { ...defaultModel(), hiddenSize: 2, ...model },
    training: trainingDefaults,
    initialWeights,
  });
  if (!found.ok) throw new Error(found.problems.map(({ message }) => message).join());
  return found.value;
}

/** ReLU lets the states grow without bound, by 3e38 a step here. The second unit adds 0 · ∞, which is NaN. */
const overflowing: WeightsJson = {
  'rnn.weight_ih_l0': { shape: [2, 4], data: new Array(8).fill(0) },
  'rnn.weight_hh_l0': { shape: [2, 2], data: [2, 0, 0, 2] },
  'rnn.bias_ih_l0': { shape: [2], data: [3e38, 1] },
  'rnn.bias_hh_l0': { shape: [2], data: [0, 0] },
};

const shapesOf = ({ steps }: ReturnType<typeof show>) =>
  steps.map(({ tensors }) => tensors.map(({ name, shape }) => `${name} [${shape}]`).join(', '));

describe('show shapes', () => {
  it('of a cell called once a time step', () => {
    const step = 'input [2,4], hidden [2,2]';
    expect(shapesOf(show('cell', {}))).toEqual([step, step, step]);
    expect(shapesOf(show('cell', { cell: 'lstm' }))[0]).toBe('input [2,4], hidden [2,2], cell [2,2]');
  });

  it.each<[Partial<ModelSpec>, string, [string, string][]]>([
    [{}, 'input [3,2,4], output [3,2,2], hidden [1,2,2]', [['output[-1]', 'hidden[-1]']]],
    [{ numLayers: 3 }, 'input [3,2,4], output [3,2,2], hidden [3,2,2]', [['output[-1]', 'hidden[-1]']]],
    [
      { cell: 'lstm', numLayers: 2, bidirectional: true },
      'input [3,2,4], output [3,2,4], hidden [4,2,2], cell [4,2,2]',
      [
        ['output[-1, :, :2]', 'hidden[-2]'],
        ['output[0, :, 2:]', 'hidden[-1]'],
      ],
    ],
  ])('of a sequence, %j', (model, shapes, sameNumbers) => {
    const report = show('sequence', model);
    expect(shapesOf(report)).toEqual([shapes]);
    expect(report.sameNumbers).toEqual(sameNumbers);
    for (const { shape, data } of report.steps[0]!.tensors) {
      expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
    }
  });

  it('of states that overflow: infinities, and NaN where they meet, which output and hidden share', () => {
    const { tensors } = show('sequence', { nonlinearity: 'relu' }, overflowing).steps[0]!;
    const [, output, hidden] = tensors;
    expect([...hidden!.data]).toEqual([Infinity, Number.NaN, Infinity, Number.NaN]);
    expect(output!.data.slice(-hidden!.data.length)).toEqual(hidden!.data);
    const { sameNumbers } = show('sequence', { nonlinearity: 'relu' }, overflowing);
    expect(sameNumbers).toEqual([['output[-1]', 'hidden[-1]']]);
  });

  it('calls the same module either way: the last hidden state is the same', () => {
    const last = show('cell', { cell: 'gru' }).steps[2]!.tensors[1]!.data;
    expect(show('sequence', { cell: 'gru' }).steps[0]!.tensors[2]!.data).toEqual(last);
  });
});

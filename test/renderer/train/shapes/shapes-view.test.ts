import { describe, expect, it } from 'vitest';
import type { NamedTensor } from '../../../../engine/api.ts';
import { moduleText } from '../../../../engine/formats/pytorch-shapes.ts';
import { showShapes } from '../../../../engine/inspect/shapes.ts';
import type { ShapesExperiment } from '../../../../engine/model/experiment.ts';
import { findTemplate } from '../../../../engine/templates/templates.ts';
import { nextCell } from '../../../../renderer/charts/heat-cells.ts';
import { entryKey, linkedEntries } from '../../../../renderer/screens/train/shapes/same-numbers.ts';
import { colourLimit, drawLimits, sliceTensor } from '../../../../renderer/screens/train/shapes/slices.ts';

function template(name: string, model: Partial<ShapesExperiment['model']> = {}): ShapesExperiment {
  const found = findTemplate(name) as ShapesExperiment;
  return { ...found, model: { ...found.model, ...model } };
}

function report(experiment: ShapesExperiment) {
  const shown = showShapes(experiment);
  if (!shown.ok) throw new Error(shown.problems[0]?.message);
  return shown.value;
}

const counting = (name: string, shape: number[]): NamedTensor => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, shape, data: Float32Array.from({ length: count }, (_, index) => index) };
};

describe('sliceTensor', () => {
  it('makes a matrix of each step and names entries as Python does', () => {
    const { slices, hidden } = sliceTensor(counting('output', [3, 1, 2]));
    expect(slices.map((slice) => slice.label)).toEqual(['[0]', '[1]', '[2]']);
    expect(slices[2]!.rows).toEqual([
      [
        { index: 4, value: 4, name: 'output[2, 0, 0]' },
        { index: 5, value: 5, name: 'output[2, 0, 1]' },
      ],
    ]);
    expect(hidden).toBe(0);
  });

  it('draws a matrix and a vector as they are', () => {
    expect(sliceTensor(counting('input', [1, 4])).slices.map((slice) => slice.label)).toEqual(['']);
    expect(sliceTensor(counting('bias', [3])).slices[0]!.rows[0]![2]!.name).toBe('bias[2]');
  });

  it('leaves out what is too much, and counts it', () => {
    const { slices, hidden } = sliceTensor(counting('input', [20, 2, 40]));
    expect(slices.length).toBe(drawLimits.slices);
    expect(slices[1]!.rows[1]![3]).toEqual({ index: 123, value: 123, name: 'input[1, 1, 3]' });
    expect(hidden).toBe(20 * 2 * 40 - 16 * 2 * 16);
  });
});

describe('linkedEntries', () => {
  it('joins the last step of output and the last layer of hidden, entry by entry', () => {
    const shown = report(template('rnn-shapes'));
    const [, output, hidden] = shown.steps[0]!.tensors;
    const links = linkedEntries(shown);
    expect(links.size).toBe(4);
    expect(links.get(entryKey('output', 4))).toBe(entryKey('hidden', 2));
    expect(links.get(entryKey('hidden', 3))).toBe(entryKey('output', 5));
    expect(output!.data[4]).toBe(hidden!.data[2]);
  });

  it('joins equal numbers only, with two directions and a batch too', () => {
    const wide = template('rnn-shapes', { bidirectional: true });
    const shown = report({ ...wide, dataset: { ...wide.dataset, batchSize: 3 } });
    const value = (key: string) => {
      const [name, index] = key.split(':') as [string, string];
      return shown.steps[0]!.tensors.find((tensor) => tensor.name === name)!.data[Number(index)];
    };
    const links = linkedEntries(shown);
    expect(links.size).toBe(2 * 2 * 3 * 2);
    for (const [a, b] of links) expect(value(a)).toBe(value(b));
  });

  it('has none where no numbers are shared', () => {
    expect(linkedEntries(report(template('rnncell-shapes'))).size).toBe(0);
  });
});

describe('what the view says', () => {
  it('writes the module as PyTorch code', () => {
    expect(moduleText(template('rnncell-shapes'))).toBe('nn.RNNCell(4, 2)');
    expect(moduleText(template('rnn-shapes'))).toBe('nn.RNN(4, 2, num_layers=2)');
    expect(moduleText(template('rnn-shapes', { cell: 'lstm', bias: false, bidirectional: true }))).toBe(
      'nn.LSTM(4, 2, num_layers=2, bias=False, bidirectional=True)',
    );
  });

  it('has one symmetric limit for all tensors', () => {
    expect(colourLimit([{ data: [0.2, -1.2] }, { data: [1.1] }])).toBe(1.5);
    expect(colourLimit([{ data: [] }])).toBe(1);
    expect(colourLimit([{ data: [0.2, Infinity, -Infinity, Number.NaN] }])).toBe(0.5);
  });
});

describe('nextCell', () => {
  const rows = [{ length: 3 }, { length: 2 }];

  it('moves by arrows and stays inside', () => {
    expect(nextCell('ArrowRight', 0, 1, rows)).toEqual({ row: 0, column: 2 });
    expect(nextCell('ArrowRight', 0, 2, rows)).toBeNull();
    expect(nextCell('ArrowDown', 0, 1, rows)).toEqual({ row: 1, column: 1 });
    expect(nextCell('ArrowDown', 0, 2, rows)).toBeNull();
    expect(nextCell('ArrowUp', 0, 0, rows)).toBeNull();
    expect(nextCell('End', 1, 0, rows)).toEqual({ row: 1, column: 1 });
    expect(nextCell('a', 0, 0, rows)).toBeNull();
  });
});

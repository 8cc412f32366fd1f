import { describe, expect, it } from 'vitest';
import { denseCount, layoutMistake, type Rehearsal, rehearse } from '../../../engine/model/rehearsal.ts';
import { type DataSizes, defaultModel, type ModelSpec } from '../../../engine/model/spec.ts';

const sizes: DataSizes = { inputSize: 4, outputSize: 4 };
const model = (patch: Partial<ModelSpec> = {}): ModelSpec => ({ ...defaultModel(), ...patch });
const natural: Rehearsal = { T: 5, B: 1, batchFirst: false, layout: 'T, B' };

describe('the shape rehearsal', () => {
  it('gives PyTorch’s shapes', () => {
    expect(rehearse(model(), sizes, natural)).toEqual({
      input: [5, 1, 4],
      states: [{ name: 'h0', shape: [1, 1, 4] }],
      output: [5, 1, 4],
      last: [{ name: 'h_n', shape: [1, 1, 4] }],
    });
    const lstm = model({
      cell: 'lstm',
      hiddenSize: 3,
      numLayers: 2,
      bidirectional: true,
      embedding: 7,
      head: 'linear',
    });
    const shapes = rehearse(lstm, sizes, { T: 6, B: 2, batchFirst: true, layout: 'B, T' });
    expect(shapes.input).toEqual([2, 6, 7]);
    expect(shapes.output).toEqual([2, 6, 6]);
    // batch_first never changes the states.
    expect(shapes.states).toEqual([
      { name: 'h0', shape: [4, 2, 3] },
      { name: 'c0', shape: [4, 2, 3] },
    ]);
  });
  it('repeats PyTorch’s own error for a layout that batch_first does not say', () => {
    // Both errors as PyTorch 2.13 raises them for nn.RNN(4, 4) and nn.LSTM(4, 4) on x [1, 5, 4] with h0 [1,
    // 1, 4].
    const turned = { ...natural, layout: 'B, T' as const };
    expect(layoutMistake(model(), turned)).toEqual({
      kind: 'raises',
      message: 'RuntimeError: Expected hidden size (1, 5, 4), got [1, 1, 4]',
    });
    expect(layoutMistake(model({ cell: 'lstm' }), turned)).toEqual({
      kind: 'raises',
      message: 'RuntimeError: Expected hidden[0] size (1, 5, 4), got [1, 1, 4]',
    });
  });
  it('warns where PyTorch is silent', () => {
    expect(layoutMistake(model(), { T: 3, B: 3, batchFirst: true, layout: 'T, B' })).toEqual({
      kind: 'silent',
    });
    expect(layoutMistake(model(), { T: 3, B: 3, batchFirst: true, layout: 'B, T' })).toBeNull();
  });
  it('counts the dense network of the same ends', () => {
    expect(denseCount(sizes, 5, false)).toEqual({ from: 20, to: 20, count: 420 });
    expect(denseCount(sizes, 5, true)).toEqual({ from: 20, to: 4, count: 84 });
  });
});

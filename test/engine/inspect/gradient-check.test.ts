import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkGradients } from '../../../engine/inspect/gradient-check.ts';
import { gru } from '../../../engine/layers/gru.ts';
import { reversal } from '../documents.ts';
import { modelsWithSamples } from './random-models.ts';
import { train } from './trained.ts';

afterEach(() => void vi.restoreAllMocks());

describe('a gradient check', () => {
  it('agrees in models of all kinds', () => {
    fc.assert(
      fc.property(modelsWithSamples, ({ trained, pair }) => {
        const found = checkGradients(trained, { samples: [pair, pair] });
        if (!found.ok) throw new Error(found.problems[0]!.message);
        for (const { key, shape, checked, wrong, worst } of found.value.tensors) {
          expect(checked, key).toBe(shape.reduce((product, size) => product * size, 1));
          expect(wrong, `${key} ${JSON.stringify(worst)}`).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds the tensors whose gradient is wrong', () => {
    const trained = train({ dataset: reversal, model: { cell: 'gru', hiddenSize: 3, head: 'linear' } }, 2);
    const right = gru.backward;
    vi.spyOn(gru, 'backward').mockImplementation((step, first, rows) => {
      right(step, first, rows);
      // The reset gate's gradient is set to 0 at the recurrent sums.
      for (let i = first * 9; i < first * 9 + 3; i++) step.dRecurrent[i] = 0;
    });
    const found = checkGradients(trained, { samples: [{ input: 'bacd', target: 'dcab' }] });
    if (!found.ok) throw new Error('refused');
    const wrong = found.value.tensors.filter((tensor) => tensor.wrong > 0).map(({ key }) => key);
    expect(wrong).toContain('rnn.weight_hh_l0');
    expect(wrong).not.toContain('head.weight');
  });

  it('takes so many entries of each tensor, and says what is too much', () => {
    const trained = train({ dataset: reversal, model: { cell: 'lstm', hiddenSize: 8, head: 'linear' } }, 1);
    const samples = [{ input: 'bacd', target: 'dcab' }];
    const found = checkGradients(trained, { samples, entries: 5 });
    if (!found.ok) throw new Error('refused');
    expect(found.value.tensors.map(({ checked }) => checked)).toEqual([5, 5, 5, 5, 5, 5]);
    const refusal = (question: Parameters<typeof checkGradients>[1]) => {
      const refused = checkGradients(trained, question);
      return refused.ok ? '' : refused.problems[0]!.message;
    };
    expect(refusal({ samples: [] })).toBe('samples is empty; a check needs at least 1 sample');
    expect(refusal({ samples, entries: 0 })).toBe('entries is 0; it needs a whole number from 1');
    const many = Array.from({ length: 9000 }, () => samples[0]!);
    expect(refusal({ samples: many, entries: 500 })).toMatch(/fewer entries or fewer samples take less$/);
  });
});

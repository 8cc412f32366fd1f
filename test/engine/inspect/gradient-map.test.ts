/** The gradient map: one pass over copies is compared with a pass for each loss. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backwardTrace } from '../../../engine/inspect/backward-trace.ts';
import { mapGradients } from '../../../engine/inspect/gradient-map.ts';
import { askInPieces } from '../../../engine/inspect/question.ts';
import type { TrainedModel } from '../../../engine/inspect/trained.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import { modelsWithSamples } from './random-models.ts';
import { train } from './trained.ts';

function ask(trained: TrainedModel, pair: { input: string; target: string }, steps?: number[]) {
  const map = mapGradients(trained, { ...pair, steps });
  const influence = finish(askInPieces(trained, { kind: 'influence', ...pair, steps }));
  if (!map.ok || !influence.ok) throw new Error('refused');
  return { maps: map.value, influence: influence.value.answer };
}

describe('the map', () => {
  it('and the influence of inputs hold what one step’s loss alone gives, for every step', () => {
    fc.assert(
      fc.property(modelsWithSamples, ({ trained, pair }) => {
        const { maps, influence } = ask(trained, pair);
        const whole = backwardTrace(trained, { ...pair, step: null, loss: 'sum' });
        if (!whole.ok) throw new Error('refused');
        const [T, K] = [whole.value.inputCodes.length, whole.value.losses.length];
        for (let k = 0; k < K; k++) {
          const alone = backwardTrace(trained, { ...pair, step: k, loss: 'sum' });
          if (!alone.ok) throw new Error('refused');
          const { directions, trace } = alone.value;
          for (let t = 0; t < T; t++) {
            const at = k * T + t;
            const row = (values: Float32Array) => {
              const width = values.length / T;
              return values.subarray(t * width, (t + 1) * width);
            };
            for (const [i, { dh, layer, reverse }] of directions.entries()) {
              expect(maps[i]).toMatchObject({ layer, reverse });
              const norm = Math.hypot(...row(dh));
              expect(Math.abs(maps[i]!.norms[at]! - norm)).toBeLessThan(1e-6 * (1 + norm));
            }
            const ofInput = directions.filter(({ layer }) => layer === 0);
            const x = row(trace.directions[0]!.x);
            const terms = [...x].map(
              (value, e) => value * ofInput.reduce((sum, { dx }) => sum + row(dx)[e]!, 0),
            );
            const size = 1e-6 * (1 + terms.reduce((sum, term) => sum + Math.abs(term), 0));
            expect(Math.abs(influence.norms[at]! - Math.hypot(...terms))).toBeLessThan(size);
            expect(
              Math.abs(influence.products[at]! - terms.reduce((sum, term) => sum + term, 0)),
            ).toBeLessThan(size);
          }
        }
        const some = [K - 1, 0];
        const chosen = ask(trained, pair, some);
        for (const [place, k] of some.entries()) {
          const rows = (values: Float32Array, from: number) => values.subarray(from * T, (from + 1) * T);
          expect(rows(chosen.maps[0]!.norms, place)).toEqual(rows(maps[0]!.norms, k));
          expect(rows(chosen.influence.products, place)).toEqual(rows(influence.products, k));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('in several batches of copies is the same', () => {
    const model = { cell: 'lstm', hiddenSize: 64, head: 'linear', bidirectional: true } as const;
    const trained = train({ model }, 1);
    const [input, target] = ['hello'.repeat(60), 'ohlol'.repeat(60)];
    const all = ask(trained, { input, target });
    for (const k of [0, 150, 299]) {
      const one = ask(trained, { input, target }, [k]);
      const row = all.maps[1]!.norms.subarray(k * 300, (k + 1) * 300);
      expect(one.maps[1]!.norms).toEqual(row);
    }
  });

  it('says what is too much and what is less', () => {
    const trained = train({ model: { cell: 'lstm', hiddenSize: 128, head: 'linear' } }, 1);
    const long = { input: 'hello'.repeat(200), target: 'ohlol'.repeat(200) };
    const refused = mapGradients(trained, long);
    expect(refused.ok ? '' : refused.problems[0]!.message).toMatch(
      /^the gradients of 1000 losses over 1000 tokens take \d+ multiply-adds .*; fewer loss steps or a shorter input take less$/,
    );
    expect(mapGradients(trained, { ...long, steps: [999] }).ok).toBe(true);
    const none = mapGradients(trained, { ...long, steps: [1000] });
    expect(none.ok ? '' : none.problems[0]!.message).toBe('step is 1000; this sequence has steps 0 to 999');
  });
});

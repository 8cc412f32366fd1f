/** The gradient map: one pass over copies is compared with a pass for each loss, and with finite differences. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backwardTrace } from '../../../engine/inspect/backward-trace.ts';
import { mapGradients } from '../../../engine/inspect/gradient-map.ts';
import { encodePair } from '../../../engine/inspect/pair.ts';
import { readPatched } from '../../../engine/inspect/predict.ts';
import { askInPieces } from '../../../engine/inspect/question.ts';
import { sizesOf, type TrainedModel } from '../../../engine/inspect/trained.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import { createReferenceKernels } from '../../../engine/kernels/reference.ts';
import { crossEntropyForward } from '../../../engine/layers/cross-entropy.ts';
import { createModel } from '../../../engine/model/model.ts';
import type { StatePatch } from '../../../engine/questions.ts';
import { modelsWithSamples } from './random-models.ts';
import { train } from './trained.ts';

function ask(trained: TrainedModel, pair: { input: string; target: string }, steps?: number[]) {
  const map = mapGradients(trained, { ...pair, steps });
  const influence = finish(askInPieces(trained, { kind: 'influence', ...pair, steps }));
  if (!map.ok || !influence.ok) throw new Error('refused');
  return { maps: map.value, influence: influence.value.answer };
}

/** ‖∂L_k/∂h_t‖ by central differences: each unit of h_t is set a little higher and lower. */
function slopesAlongStates(trained: TrainedModel, pair: { input: string; target: string }) {
  const encoded = encodePair(trained, pair);
  if (!encoded.ok) throw new Error('refused');
  const { tokens, targets } = encoded.value;
  const [T, K, V] = [tokens.length, targets.length, trained.targetVocabulary.length];
  const capacity = { steps: T, sequences: 1, rows: T, training: false };
  const reads = trained.task === 'label' ? 'last-step' : 'every-step';
  const model = createModel(
    trained.model,
    sizesOf(trained),
    reads,
    capacity,
    createReferenceKernels('float64'),
  );
  for (const { key, value } of model.parameters.entries) value.set(trained.weights[key]!.data);
  const probabilities = new Float64Array(K * V);
  const eps = 1e-6;
  function losses(patches: StatePatch[]): number[] {
    finish(readPatched(model, tokens, patches));
    return Array.from(targets, (_, k) =>
      crossEntropyForward(probabilities, model.logits, targets, k, k + 1, V),
    );
  }
  losses([]);
  const states = model.recurrent.layers.flatMap(({ directions }, layer) =>
    directions.map(({ reverse, H, buffers }) => ({
      ...{ layer, reverse, H },
      h: Float64Array.from(buffers.h.subarray(0, T * H)),
    })),
  );
  return states.map(({ layer, reverse, H, h }) => {
    const norms = new Float64Array(K * T);
    for (let t = 0; t < T; t++) {
      for (let unit = 0; unit < H; unit++) {
        const [more, less] = [eps, -eps].map((by) => {
          // Doubles, which float32 would round away.
          const set = Float64Array.of(h[t * H + unit]! + by) as unknown as Float32Array;
          return losses([{ layer, reverse, step: t, state: 'h', units: [unit], set }]);
        });
        for (let k = 0; k < K; k++) norms[k * T + t]! += ((more![k]! - less![k]!) / (2 * eps)) ** 2;
      }
    }
    return { layer, reverse, norms: norms.map(Math.sqrt) };
  });
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

  it('is the slope of each step’s loss along each state, by finite differences in float64', () => {
    // At the bend of a ReLU there is no slope.
    const smooth = modelsWithSamples.filter(({ trained }) => trained.model.nonlinearity !== 'relu');
    fc.assert(
      fc.property(smooth, ({ trained, pair }) => {
        const { maps } = ask(trained, pair);
        const numeric = slopesAlongStates(trained, pair);
        expect(maps).toHaveLength(numeric.length);
        for (const [i, { layer, reverse, norms }] of numeric.entries()) {
          expect(maps[i]).toMatchObject({ layer, reverse });
          expect(maps[i]!.norms).toHaveLength(norms.length);
          for (const [at, norm] of norms.entries())
            expect(Math.abs(maps[i]!.norms[at]! - norm)).toBeLessThan(1e-5 + 1e-3 * norm);
        }
      }),
      { numRuns: 60 },
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

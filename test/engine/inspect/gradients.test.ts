import { describe, expect, it } from 'vitest';
import { mapGradients } from '../../../engine/inspect/gradient-map.ts';
import { findGradients } from '../../../engine/inspect/gradients.ts';
import { predict } from '../../../engine/inspect/predict.ts';
import type { TrainedModel } from '../../../engine/inspect/trained.ts';
import { reversal, trainer } from '../documents.ts';
import { deepModels, jsonOf, rowsOf, train, withWeights } from './trained.ts';

const pair = { input: 'bacd', target: 'dcab' };

function gradientsOf(trained: TrainedModel, step: number | null) {
  const found = findGradients(trained, { ...pair, step });
  if (!found.ok) throw new Error(found.problems.map(({ message }) => message).join());
  return found.value;
}

function lossAt(trained: TrainedModel, step: number): number {
  const found = predict(trained, { input: pair.input });
  if (!found.ok) throw new Error('refused');
  return -Math.log(
    rowsOf(found.value.probabilities, 4)[step]![trained.targetVocabulary.indexOf(pair.target[step]!)]!,
  );
}

describe.each(deepModels)('gradients of $cell', (model) => {
  const trained = train({ dataset: reversal, model }, 5);

  it('of one step are the slope of its loss', () => {
    const { loss, parameters } = gradientsOf(trained, 2);
    expect(loss).toBeCloseTo(lossAt(trained, 2), 5);
    for (const key of ['rnn.weight_hh_l0', 'rnn.weight_ih_l1_reverse', 'head.bias', 'h0']) {
      const eps = 1e-2;
      const moved = [eps, -eps].map((by) => {
        const weights = structuredClone(trained.weights);
        weights[key]!.data[1]! += by;
        return lossAt(withWeights(trained, weights), 2);
      });
      expect(parameters[key]!.data[1], key).toBeCloseTo((moved[0]! - moved[1]!) / (2 * eps), 3);
    }
  });

  it('of all steps are the sum over the steps', () => {
    const all = gradientsOf(trained, null);
    const each = [0, 1, 2, 3].map((step) => gradientsOf(trained, step));
    expect(each.reduce((sum, { loss }) => sum + loss, 0)).toBeCloseTo(all.loss, 6);
    for (const [key, { data }] of Object.entries(all.parameters)) {
      for (const [i, gradient] of data.entries()) {
        expect(each.reduce((sum, one) => sum + one.parameters[key]!.data[i]!, 0)).toBeCloseTo(gradient, 5);
      }
    }
    for (const [d, { dh }] of all.states.entries()) {
      for (const [i, gradient] of dh.entries()) {
        expect(each.reduce((sum, one) => sum + one.states[d]!.dh[i]!, 0)).toBeCloseTo(gradient, 5);
      }
    }
  });

  it('the map holds the norms of every step’s', () => {
    const map = mapGradients(trained, { ...pair });
    if (!map.ok) throw new Error('refused');
    for (const [k, { states }] of [0, 1, 2, 3].map((step) => gradientsOf(trained, step)).entries()) {
      for (const [d, { dh, layer, reverse }] of states.entries()) {
        expect(map.value[d]).toMatchObject({ layer, reverse });
        for (const [t, row] of rowsOf(dh, 4).entries()) {
          expect(rowsOf(map.value[d]!.norms, 4)[k]![t]).toBeCloseTo(Math.hypot(...row), 6);
        }
      }
    }
  });
});

describe('the gradient on its way back', () => {
  it('never reaches states after the loss in one direction, nor before it in the other', () => {
    const trained = train({ dataset: reversal, model: deepModels[2]! }, 5);
    const { states } = gradientsOf(trained, 1);
    const felt = states
      .slice(2)
      .map(({ dh }) => rowsOf(dh, 4).map((row) => row.some((value) => value !== 0)));
    expect(felt).toEqual([
      [true, true, false, false],
      [false, true, true, true],
    ]);
  });

  it('has the norm that training has', () => {
    const { gradNorm } = trainer({ training: { loss: 'sum' } }).stepEpoch()!;
    const { parameters } = findHello();
    const norm = Math.hypot(...Object.values(parameters).flatMap(({ data }) => [...data]));
    expect(norm).toBeCloseTo(gradNorm, 5);
  });

  it('refuses steps and targets that are not there', () => {
    const trained = train({}, 1);
    const message = (target: string, step: number | null) => {
      const found = findGradients(trained, { input: 'hello', target, step });
      return found.ok ? '' : found.problems.map((problem) => problem.message).join();
    };
    expect(message('ohlol', 5)).toBe('step is 5; this sequence has steps 0 to 4');
    expect(message('ohlo', 0)).toBe('sequence: input has 5 tokens, target has 4; a mapping needs as many');
  });
});

function findHello() {
  const run = trainer();
  const found = findGradients(jsonOf(run), { input: 'hello', target: 'ohlol', step: null });
  if (!found.ok) throw new Error('refused');
  return found.value;
}

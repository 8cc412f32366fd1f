/** Questions about a unit, a weight, and the states over many inputs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../engine/inspect/evaluate.ts';
import { patchWeights } from '../../../engine/inspect/patch.ts';
import { askInPieces } from '../../../engine/inspect/question.ts';
import { trace } from '../../../engine/inspect/trace.ts';
import type { TrainedModel } from '../../../engine/inspect/trained.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import type { AnswerTo, Question, QuestionKind } from '../../../engine/questions.ts';
import { reversal } from '../documents.ts';
import { modelsWithSamples } from './random-models.ts';
import { deepModels, train } from './trained.ts';

function ask<Kind extends QuestionKind>(
  trained: TrainedModel,
  question: Extract<Question, { kind: Kind }>,
): AnswerTo<Kind>['answer'] {
  const found = finish(askInPieces<Kind>(trained, question));
  if (!found.ok) throw new Error(found.problems.map(({ message }) => message).join('; '));
  return found.value.answer;
}

const inputs = ['bacd', 'e', 'adbec'];
const pairs = inputs.map((input) => ({ input, target: [...input].reverse().join('') }));

describe.each(deepModels)('of $cell', (model) => {
  const trained = train({ dataset: reversal, model }, 3);

  it('a unit over inputs is that of each trace', () => {
    const traces = inputs.map((input) => {
      const found = trace(trained, { input });
      if (!found.ok) throw new Error('refused');
      return found.value.directions[3]!;
    });
    const { gateNames, c } = traces[0]!;
    for (const what of ['h', ...(c ? ['c'] : []), ...gateNames]) {
      const place = { layer: 1, reverse: true, unit: 2 };
      const { starts, values } = ask(trained, { kind: 'unit', inputs, ...place, what });
      expect([...starts]).toEqual([0, 4, 5, 10]);
      const g = gateNames.indexOf(what);
      const wanted = traces.flatMap((one, i) =>
        Array.from(inputs[i]!, (_, t) => {
          if (what === 'h') return one.h[t * 3 + 2]!;
          return what === 'c' ? one.c![t * 3 + 2]! : one.gates[(t * gateNames.length + g) * 3 + 2]!;
        }),
      );
      expect([...values], what).toEqual(wanted);
    }
    const bad = { kind: 'unit', inputs, layer: 1, reverse: true, unit: 3, what: 'h' } as const;
    expect(() => ask(trained, bad)).toThrow('unit is 3; the layer has units 0 to 2');
    expect(() => ask(trained, { ...bad, unit: 0, what: 'q' })).toThrow(
      'what is "q"; a unit of this cell has h',
    );
    expect(() => ask(trained, { ...bad, layer: 2 })).toThrow(
      'layer is 2, reverse true; the model has layers 0 to 1, in both directions',
    );
    expect(() => ask(trained, { ...bad, inputs: [] })).toThrow(
      'inputs has 0 inputs; one question takes 1 to 64',
    );
  });

  it('a weight’s sweep has the loss and the right steps of patched weights, and leaves the weight', () => {
    const [key, index] = ['rnn.weight_hh_l1', 4];
    const before = evaluate(trained, { samples: pairs });
    const sweep = { kind: 'weight-sweep', key, index, from: -2, to: 3, points: 5, samples: pairs } as const;
    const { values, losses, right, steps } = ask(trained, { ...sweep, samples: [...pairs] });
    expect([...values]).toEqual([-2, -0.75, 0.5, 1.75, 3]);
    expect(steps).toBe(10);
    for (const [i, value] of values.entries()) {
      const patched = patchWeights(trained, [{ key, index, value }], 'source');
      if (!patched.ok) throw new Error('refused');
      const found = evaluate(patched.value, { samples: pairs });
      if (!found.ok) throw new Error('refused');
      const sum = found.value.losses.reduce((total, loss) => total + loss, 0);
      expect(losses[i]).toBeCloseTo(sum, 5);
      expect(right[i]).toBe(found.value.says.filter((said, k) => said === found.value.wanted[k]).length);
    }
    expect(evaluate(trained, { samples: pairs })).toEqual(before);
    expect(() => ask(trained, { ...sweep, points: 2000 })).toThrow(
      'points is 2000; one question takes 1 to 1001 values',
    );
    expect(() => ask(trained, { ...sweep, index: 100 })).toThrow(/weight/);
    const many = Array.from({ length: 9000 }, () => pairs[0]!);
    expect(() =>
      ask(train({ dataset: reversal, model: { ...model, hiddenSize: 32 } }, 1), {
        ...sweep,
        points: 1001,
        samples: many,
      }),
    ).toThrow(/fewer values or fewer samples take less$/);
  });
});

describe('projected states', () => {
  it('lie along the principal components of all of them', () => {
    fc.assert(
      fc.property(modelsWithSamples, ({ trained, pair }) => {
        const { layer, reverse } = { layer: 0, reverse: trained.model.bidirectional };
        const own = [pair.input, pair.input.slice(0, 1), pair.input];
        const { basis, variances, total, starts, points, says, output } = ask(trained, {
          kind: 'project-states',
          inputs: own,
          layer,
          reverse,
        });
        const H = trained.model.hiddenSize;
        const states = own.flatMap((input) => {
          const found = trace(trained, { input });
          if (!found.ok) throw new Error('refused');
          const { h, hPrevious } = found.value.directions[reverse ? 1 : 0]!;
          const T = h.length / H;
          const rows = Array.from({ length: T }, (_, t) => [...h.subarray(t * H, (t + 1) * H)]);
          const first = reverse ? T - 1 : 0;
          const initial = [...hPrevious.subarray(first * H, (first + 1) * H)];
          return reverse ? [...rows, initial] : [initial, ...rows];
        });
        expect(states).toHaveLength(starts.at(-1)!);
        expect(says).toHaveLength(states.length);
        const mean = Array.from(
          { length: H },
          (_, j) => states.reduce((sum, row) => sum + row[j]!, 0) / states.length,
        );
        const covariance = (j: number, k: number) =>
          states.reduce((sum, row) => sum + (row[j]! - mean[j]!) * (row[k]! - mean[k]!), 0) / states.length;
        const direction = (k: number) => basis.directions.subarray(k * H, (k + 1) * H);
        for (let k = 0; k < 3; k++) {
          for (const [n, row] of states.entries()) {
            const along = row.reduce((sum, value, j) => sum + (value - mean[j]!) * direction(k)[j]!, 0);
            expect(points[n * 3 + k]).toBeCloseTo(along, 5);
          }
          // Each direction is an eigenvector of the covariance, with the returned variance as its
          // eigenvalue.
          for (let j = 0; j < H; j++) {
            const moved = Array.from(direction(k), (value, i) => value * covariance(j, i)).reduce(
              (sum, x) => sum + x,
              0,
            );
            expect(moved).toBeCloseTo(variances[k]! * direction(k)[j]!, 5);
          }
          const largest = [...direction(k)].reduce(
            (most, value) => (Math.abs(value) > Math.abs(most) * (1 + 1e-6) ? value : most),
            0,
          );
          expect(largest).toBeGreaterThanOrEqual(0);
          if (k > 0) expect(variances[k]! <= variances[k - 1]! + 1e-9).toBe(true);
        }
        const trace_ = Array.from({ length: H }, (_, j) => covariance(j, j)).reduce((sum, x) => sum + x, 0);
        expect(total).toBeCloseTo(trace_, 5);
        if (H <= 3) expect(variances.reduce((sum, x) => sum + x, 0)).toBeCloseTo(total, 5);
        const again = ask(trained, { kind: 'project-states', inputs: own, layer, reverse, basis });
        expect(again.points).toEqual(points);
        expect(again.output).toEqual(output);
        const { numLayers, bidirectional, head } = trained.model;
        expect(output === null).toBe(numLayers > 1 || bidirectional);
        if (output === null) return;
        const V = trained.targetVocabulary.length;
        const [W, b] = [trained.weights['head.weight']?.data, trained.weights['head.bias']?.data];
        const logitsOf = (state: ArrayLike<number>, v: number) =>
          head === 'none'
            ? state[v]!
            : Array.from({ length: H }, (_, j) => W![v * H + j]! * state[j]!).reduce(
                (sum, x) => sum + x,
                b![v]!,
              );
        for (const [n, row] of states.entries()) {
          // The point's own state, which is the state itself where three directions hold all of it.
          const near = Float64Array.from({ length: H }, (_, j) =>
            [0, 1, 2].reduce((sum, k) => sum + points[n * 3 + k]! * direction(k)[j]!, basis.mean[j]!),
          );
          for (let v = 0; v < V; v++) {
            const said = [0, 1, 2].reduce(
              (sum, k) => sum + points[n * 3 + k]! * output.along[k * V + v]!,
              output.atMean[v]!,
            );
            expect(said).toBeCloseTo(logitsOf(near, v), 5);
            if (H <= 3) expect(said).toBeCloseTo(logitsOf(row, v), 5);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('of more units than are carried along settle too', () => {
    const trained = train({ dataset: reversal, model: { cell: 'gru', hiddenSize: 40, head: 'linear' } }, 5);
    const many = reversal.samples!.map(({ input }) => input);
    const { variances, total, basis } = ask(trained, {
      kind: 'project-states',
      inputs: many,
      layer: 0,
      reverse: false,
    });
    expect(variances[0]! + variances[1]! + variances[2]!).toBeLessThanOrEqual(total);
    expect(variances[0]!).toBeGreaterThan(variances[1]!);
    const one = ask(trained, { kind: 'project-states', inputs: many, layer: 0, reverse: false, basis });
    expect(one.variances).toEqual(variances);
    const wrong = { mean: new Float32Array(3), directions: new Float32Array(9) };
    expect(() =>
      ask(trained, { kind: 'project-states', inputs: many, layer: 0, reverse: false, basis: wrong }),
    ).toThrow('basis has a mean of 3 and directions of 9 numbers; 40 units need 40 and 120');
  });
});

/** Interventions in the states, and their consequences. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predict } from '../../../engine/inspect/predict.ts';
import { trace } from '../../../engine/inspect/trace.ts';
import type { TrainedModel } from '../../../engine/inspect/trained.ts';
import type { StatePatch, Trace } from '../../../engine/questions.ts';
import { reversal } from '../documents.ts';
import { modelsWithSamples } from './random-models.ts';
import { train } from './trained.ts';

function traced(trained: TrainedModel, input: string, patches: StatePatch[] = []): Trace {
  const found = trace(trained, { input, patches });
  if (!found.ok) throw new Error(found.problems.map(({ message }) => message).join());
  return found.value;
}

const lstm = train(
  {
    dataset: reversal,
    model: { cell: 'lstm', hiddenSize: 3, numLayers: 2, bidirectional: true, head: 'linear' },
  },
  3,
);
const zero: StatePatch = { layer: 0, reverse: false, step: 1, state: 'h', units: null, set: 'zero' };
const row = (values: Float32Array, t: number, H = 3) => [...values.subarray(t * H, (t + 1) * H)];

describe('an intervention', () => {
  it('in h is what the next step, the layer above and the head go on from', () => {
    const patched = traced(lstm, 'bacd', [{ ...zero, units: [0, 2] }]);
    const [below, , above] = patched.directions;
    const own = traced(lstm, 'bacd').directions[0]!;
    expect(row(below!.h, 1)).toEqual([0, row(own.h, 1)[1], 0]);
    expect(row(below!.hPrevious, 2)).toEqual(row(below!.h, 1));
    expect(row(below!.h, 0)).toEqual(row(own.h, 0));
    expect(row(below!.h, 3)).not.toEqual(row(own.h, 3));
    expect([...above!.x.subarray(6, 9)]).toEqual(row(below!.h, 1));
    const last = traced(lstm, 'bacd', [{ ...zero, layer: 1 }]);
    expect([...last.prediction.states.subarray(6, 9)]).toEqual([0, 0, 0]);
    const bias = lstm.weights['head.bias']!.data;
    expect(last.prediction.logits.subarray(4, 8)).not.toEqual(bias);
    const both = traced(lstm, 'bacd', [
      { ...zero, layer: 1 },
      { ...zero, layer: 1, reverse: true },
    ]);
    for (const [v, logit] of [...both.prediction.logits.subarray(5, 10)].entries())
      expect(logit).toBe(bias[v]);
  });

  it('in c makes h anew by the output gate, and goes on', () => {
    const set = Float32Array.of(0.5, -2, 1);
    const { c, h, gates, cPrevious } = traced(lstm, 'bacd', [{ ...zero, state: 'c', set }]).directions[0]!;
    expect(row(c!, 1)).toEqual([...set]);
    expect(row(cPrevious!, 2)).toEqual([...set]);
    const o = [...gates.subarray(12 + 9, 12 + 12)];
    for (const [j, value] of row(h, 1).entries()) expect(value).toBeCloseTo(o[j]! * Math.tanh(set[j]!), 6);
  });

  it('holds on until a step, freezes what was there, and begins with the initial state', () => {
    for (const reverse of [false, true]) {
      const frozen = traced(lstm, 'bacd', [{ ...zero, reverse, until: 2, units: [1], set: 'freeze' }]);
      const { h } = frozen.directions[reverse ? 1 : 0]!;
      const unit = (t: number) => row(h, t)[1];
      expect(unit(1)).toBe(unit(reverse ? 2 : 0));
      expect(unit(2)).toBe(unit(reverse ? 3 : 1));
      const begun = traced(lstm, 'bacd', [{ ...zero, reverse, step: null, set: Float32Array.of(1, 2, 3) }]);
      expect(row(begun.directions[reverse ? 1 : 0]!.hPrevious, reverse ? 3 : 0)).toEqual([1, 2, 3]);
    }
  });

  it('that sets what is there already changes nothing, and none is left for the next question', () => {
    fc.assert(
      fc.property(modelsWithSamples, fc.nat(), ({ trained, pair }, seed) => {
        const { input } = pair;
        const before = traced(trained, input);
        const T = before.prediction.inputTokens.length;
        const direction = before.directions[seed % before.directions.length]!;
        const { layer, reverse } = direction;
        const step = seed % T;
        const H = direction.h.length / T;
        const state = direction.c && seed % 2 === 0 ? 'c' : 'h';
        const values = (state === 'c' ? direction.c! : direction.h).slice(step * H, (step + 1) * H);
        const same: StatePatch = { layer, reverse, step, state, units: null, set: values };
        const after = traced(trained, input, [same]);
        if (state === 'h') expect(after).toEqual(before);
        // h is computed again from a c that has been rounded.
        for (const [v, logit] of after.prediction.logits.entries())
          expect(logit).toBeCloseTo(before.prediction.logits[v]!, 5);
        const set = values.map((value) => value + 1);
        const other = predict(trained, { input, patches: [{ ...same, set }] });
        expect(other.ok).toBe(true);
        expect(traced(trained, input)).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  it('swapped in whole from another input says from then on what that one says', () => {
    const trained = train({ dataset: reversal, model: { cell: 'gru', hiddenSize: 5, head: 'linear' } }, 10);
    const [a, b] = [traced(trained, 'bacd'), traced(trained, 'eacd')];
    const set = b.directions[0]!.h.slice(0, 5);
    const swapped = traced(trained, 'bacd', [{ ...zero, step: 0, set }]);
    expect(swapped.prediction.logits.subarray(5)).toEqual(b.prediction.logits.subarray(5));
    expect(swapped.prediction.logits.subarray(5)).not.toEqual(a.prediction.logits.subarray(5));
  });

  it.each<[Partial<StatePatch>, string]>([
    [{ layer: 2 }, 'patches[0].layer is 2; the model has layers 0 to 1'],
    [{ step: 4 }, 'patches[0].step is 4; the input has steps 0 to 3'],
    [{ until: 0 }, 'patches[0].until is 0; it needs a step from 1 to 3'],
    [{ step: null, until: 2 }, 'patches[0].until is 2; the initial state is one state, without later steps'],
    [{ units: [3] }, 'patches[0].units holds 3; the layer has units 0 to 2'],
    [{ step: null, set: 'freeze' }, 'patches[0].set is freeze; before the initial state there is none'],
    [{ set: Float32Array.of(1) }, 'patches[0].set has 1 values for 3 units; it needs as many'],
    [
      { units: [0], set: Float32Array.of(Number.NaN) },
      'patches[0].set holds a value that is not finite; all must be',
    ],
  ])('is refused for %o', (change, message) => {
    expect(() => traced(lstm, 'bacd', [{ ...zero, ...change }])).toThrow(message);
  });

  it('of what a cell or a model does not have is refused', () => {
    const plain = train({}, 1);
    expect(() => traced(plain, 'hello', [{ ...zero, state: 'c' }])).toThrow(
      'patches[0].state is c; the cell has h alone',
    );
    expect(() => traced(plain, 'hello', [{ ...zero, reverse: true }])).toThrow('reads in one direction');
  });
});

/** One step's accuracy, and how far back in time its loss has an effect: both are hidden by a mean over all steps. */
import { describe, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { success } from '../../../engine/errors.ts';
import type { SequenceDataset } from '../../../engine/model/experiment.ts';
import type { Gradients } from '../../../engine/questions.ts';
import { normText, powerShare, stateGradients } from '../../../renderer/screens/train/felt-back.ts';
import {
  countRight,
  longestTarget,
  RightAt,
  strideOf,
} from '../../../renderer/screens/train/right-at.svelte.ts';
import { sampleSource } from '../../../renderer/state/run-samples.ts';
import { patience } from '../../patience.ts';

const dataset = {
  task: 'mapping',
  tokens: 'characters',
  vocabulary: ['a', 'b', 'c'],
  targetVocabulary: ['a', 'b', 'c'],
  samples: [
    { input: 'abc', target: 'abc' },
    { input: 'cb', target: 'cb' },
  ],
} as unknown as SequenceDataset;
const source = sampleSource(dataset, 2);

describe('right at a step', () => {
  it('counts the samples that are right there, and those that have the step', () => {
    const { right, total } = countRight(source, ['aba', 'ab']);
    expect([[...right], [...total]]).toEqual([
      [1, 2, 0],
      [2, 2, 1],
    ]);
    expect(longestTarget(source)).toBe(3);
    // Samples whose predictions are missing in a row are not counted.
    expect([...countRight(source, ['abc']).total]).toEqual([1, 1, 1]);
  });

  it('is known of every n-th epoch, however long the run', async () => {
    let calls = 0;
    let last = 100;
    const right = new RightAt({
      getEpochs: async ({ since, limit }) => {
        calls += 1;
        const count = Math.min(limit, last - since);
        return success(
          Array.from({ length: count }, (_, i) => {
            const epoch = since + 1 + i;
            return { epoch, predictions: [epoch % 2 === 0 ? 'abc' : 'abb', 'cb'] } as EpochRow;
          }),
        );
      },
    });
    right.follow('1', source, 1, last);
    await expect.poll(() => right.line(2).x.length, patience).toBe(100);
    expect([calls, right.line(2).y[0], right.line(2).y[1]]).toEqual([1, 0, 1]);
    last = 100_000;
    right.follow('1', source, 1, last);
    const stride = strideOf(last);
    await expect.poll(() => Array.from(right.line(0).x).at(-1), patience).toBeGreaterThan(last - stride);
    expect(right.line(0).x.length).toBeLessThan(513);
    right.follow('2', source, 1, 0);
    expect(right.line(0).x.length).toBe(0);
  });
});

describe('how far back a loss is felt', () => {
  it('is the norm over the units of the last layer, both directions together', () => {
    const states = [
      { layer: 0, reverse: false, dh: Float32Array.of(9, 9, 9, 9) },
      { layer: 1, reverse: false, dh: Float32Array.of(3, 0, 0, 1) },
      { layer: 1, reverse: true, dh: Float32Array.of(0, 4, 0, 0) },
    ];
    expect([...stateGradients({ states } as Pick<Gradients, 'states'>, 2)]).toEqual([5, 1]);
  });

  it('has a colour by its power of ten, and a short text', () => {
    expect([1, 1e-3, 1e-6, 1e-9, 0, 5].map(powerShare)).toEqual(
      [1, 0.5, 0, 0, 0, 1].map((v) => expect.closeTo(v, 9)),
    );
    expect([0.494, 3.14e-7, 0].map(normText)).toEqual(['0.49', '3.1e−7', '0.00']);
  });
});

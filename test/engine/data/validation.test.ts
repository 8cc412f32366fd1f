import { expect, test } from 'vitest';
import { heldBack, splitSamples, validationStreams } from '../../../engine/data/validation.ts';
import type { SequenceDataset } from '../../../engine/model/experiment.ts';

const dataset: SequenceDataset = {
  task: 'mapping',
  tokens: 'characters',
  vocabulary: ['a'],
  targetVocabulary: ['a'],
  samples: Array.from({ length: 5 }, (_, i) => ({ input: `${i}`, target: `${i}` })),
  validation: [],
};

test('a fraction holds back the first of torch.randperm, in the document order', () => {
  // torch.manual_seed(0); torch.randperm(5) → tensor([4, 0, 1, 3, 2])
  const { training, validation } = splitSamples({ ...dataset, validation: { fraction: 0.4, seed: 0 } });
  expect(validation.map(({ input }) => input)).toEqual(['0', '4']);
  expect(training.map(({ input }) => input)).toEqual(['1', '2', '3']);
});

test('given validation samples are taken as they are', () => {
  const given = [{ input: 'x', target: 'x' }];
  expect(splitSamples({ ...dataset, validation: given })).toEqual({
    training: dataset.samples,
    validation: given,
  });
});

test('the number held back is rounded', () => {
  expect([heldBack(100, 0.29), heldBack(10, 0.04), heldBack(10, 0.05)]).toEqual([29, 0, 1]);
});

test('a held-back text is read in as many streams as have a whole window, and the token after it', () => {
  expect(validationStreams(8, 4, 4)).toBe(1);
  expect(validationStreams(9, 4, 4)).toBe(2);
  expect(validationStreams(100, 4, 4)).toBe(4);
  expect(validationStreams(2, 4, 4)).toBe(1);
});

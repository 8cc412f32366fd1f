import { describe, expect, it } from 'vitest';
import { createBatch, loadBatch, planSamples, planWindows } from '../../../engine/data/batches.ts';
import { encodeSamples, encodeText } from '../../../engine/data/sequences.ts';
import { experiment, reversal, wheat } from '../documents.ts';

const head = { head: 'linear' as const };

/**
 * Input → target of each row in packed order, one string per batch: `a>e b>d | …`, with a bar between
 * steps.
 */
function writeBatches(
  plan: ReturnType<typeof planSamples>,
  vocabulary: string[],
  targets: string[],
  order: Int32Array,
) {
  const batch = createBatch([plan]);
  return Array.from({ length: plan.batchesPerEpoch }, (_, k) => {
    loadBatch(batch, plan, k, order);
    const { packing, tokens } = batch;
    return Array.from({ length: packing.T }, (_, t) =>
      Array.from({ length: packing.starts[t + 1]! - packing.starts[t]! }, (_, b) => {
        const row = packing.starts[t]! + b;
        const target = batch.outputs === packing.N ? targets[batch.targets[row]!] : '';
        return `${vocabulary[tokens[row]!]}${target}`;
      }).join(' '),
    ).join(' | ');
  });
}

describe('batches of samples', () => {
  const { dataset } = experiment({ dataset: reversal, model: head });
  const sequences = encodeSamples(dataset, dataset.samples);
  const straight = Int32Array.from(dataset.samples, (_, s) => s);
  const write = (batchSize: number, order = straight) =>
    writeBatches(planSamples(sequences, batchSize), dataset.vocabulary, dataset.vocabulary, order);

  it('are packed by falling length, equals in their order; the last may be smaller', () => {
    expect(write(3)).toEqual([
      'ae ec bb | bd ad bb | cc da | db ce | ea', // abcde, eadc, bb
      'cb dd aa | ae dd | dd | ea | bc', // cadeb, dd, a
      'be | ac | ca | eb', // bace
    ]);
  });

  it('take the sequences in the epoch’s order', () => {
    const order = Int32Array.of(6, 5, 4, 3, 2, 1, 0);
    expect(write(2, order)).toEqual([
      'be dd | ac dd | ca | eb',
      'cb aa | ae | dd | ea | bc',
      'ec bb | ad bb | da | ce',
      'ae | bd | cc | db | ea',
    ]);
  });

  it('hold all samples where there are fewer than a batch', () => {
    expect(planSamples(sequences, 100)).toMatchObject({
      batchesPerEpoch: 1,
      largestBatch: 7,
      rows: 23,
      steps: 5,
    });
    expect(write(100)).toHaveLength(1);
  });

  it('know where each target stands, for a label too', () => {
    const labels = experiment({
      dataset: {
        task: 'label',
        targetVocabulary: ['x', 'y'],
        samples: [
          { input: 'ab', target: 'x' },
          { input: 'abba', target: 'y' },
          { input: 'b', target: 'x' },
        ],
      },
      model: head,
    }).dataset;
    const plan = planSamples(encodeSamples(labels, labels.samples), 3);
    const batch = createBatch([plan]);
    loadBatch(batch, plan, 0, Int32Array.of(0, 1, 2));
    expect(batch.outputs).toBe(3);
    expect([...batch.targets.subarray(0, 3)]).toEqual([1, 0, 0]);
    expect([...batch.places.subarray(0, 3)]).toEqual([1, 0, 2]);
  });

  it('of a language model go from each token to the next', () => {
    const samples = [{ input: 'abcb' }, { input: 'ca' }];
    const { dataset: brackets } = experiment({ dataset: { task: 'language-model', samples }, model: head });
    const plan = planSamples(encodeSamples(brackets, samples), 2);
    expect(writeBatches(plan, ['a', 'b', 'c'], ['a', 'b', 'c'], Int32Array.of(0, 1))).toEqual([
      'ab ca | bc | cb',
    ]);
  });
});

describe('windows of a text', () => {
  const { dataset } = experiment({
    dataset: { ...wheat, text: 'abcdefghijk', sequenceLength: 2 },
    model: head,
  });

  it('go through all streams side by side; the last may be shorter, the rest of the text is left out', () => {
    // 11 tokens, 3 streams of ⌊10 / 3⌋ = 3 steps: abc→bcd, def→efg, ghi→hij.
    const plan = planWindows(encodeText(dataset, [...dataset.text!], 3), 2);
    expect(plan).toMatchObject({ batchesPerEpoch: 2, steps: 2, rows: 6 });
    expect(writeBatches(plan, dataset.vocabulary, dataset.vocabulary, new Int32Array(0))).toEqual([
      'ab de gh | bc ef hi',
      'cd fg ij',
    ]);
  });

  it('longer than the text are the whole text', () => {
    const plan = planWindows(encodeText(dataset, ['a', 'b', 'c', 'd'], 1), 100);
    expect(plan).toMatchObject({ batchesPerEpoch: 1, steps: 3, rows: 3 });
  });
});

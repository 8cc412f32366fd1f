/** What holds for every recurrent network, whatever its weights. */
import { describe, expect, it } from 'vitest';
import { createBatch, loadBatch, planSamples } from '../../../engine/data/batches.ts';
import { encodeSamples } from '../../../engine/data/sequences.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import { createReferenceKernels } from '../../../engine/kernels/reference.ts';
import { type CellName, cells } from '../../../engine/layers/cells.ts';
import { crossEntropyBackward, crossEntropyForward } from '../../../engine/layers/cross-entropy.ts';
import type { Sample } from '../../../engine/model/experiment.ts';
import { backwardModel, createModel, forwardModel, setInitialStates } from '../../../engine/model/model.ts';
import { defaultModel, type ModelSpec } from '../../../engine/model/spec.ts';
import { createGenerator } from '../../../engine/tensor/random.ts';
import { experiment, reversal } from '../documents.ts';

const { dataset } = experiment({ dataset: reversal, model: { head: 'linear' } });
const V = dataset.vocabulary.length;

const models: { name: string; spec: ModelSpec }[] = (Object.keys(cells) as CellName[]).flatMap((cell) =>
  [false, true].map((bidirectional) => ({
    name: `${cell}${bidirectional ? ', both directions' : ''}`,
    spec: {
      ...defaultModel(),
      cell,
      bidirectional,
      numLayers: 2,
      hiddenSize: 3,
      head: 'linear',
      initialState: 'learned',
    },
  })),
);

/** The logits of one batch by sample and step, and the gradients of its summed loss. */
function run(
  spec: ModelSpec,
  samples: readonly Sample[],
  change?: (values: Map<string, Float64Array>) => void,
) {
  const plan = planSamples(encodeSamples(dataset, samples), samples.length);
  const batch = createBatch([plan]);
  loadBatch(
    batch,
    plan,
    0,
    Int32Array.from(samples, (_, i) => i),
  );
  const model = createModel(
    spec,
    { inputSize: V, outputSize: V },
    'every-step',
    { steps: plan.steps, sequences: plan.largestBatch, rows: plan.rows, training: true },
    createReferenceKernels('float64'),
  );
  const { parameters } = model;
  createGenerator(5).uniform(parameters.values, -1, 1);
  change?.(new Map(parameters.entries.map(({ key, value }) => [key, value as Float64Array])));
  setInitialStates(model, batch.packing.B);
  finish(forwardModel(model, batch.packing, batch.tokens, null));
  const probabilities = new Float64Array(batch.outputs * V);
  const loss = crossEntropyForward(probabilities, model.logits, batch.targets, 0, batch.outputs, V);
  crossEntropyBackward(model.dLogits, probabilities, batch.targets, 1, batch.outputs, V);
  finish(backwardModel(model, batch.packing, batch.tokens, true, false));
  const logits = new Map<number, number[]>();
  for (let r = 0; r < batch.outputs; r++) {
    logits.set(batch.places[r]!, Array.from(model.logits.subarray(r * V, (r + 1) * V)));
  }
  const inOrder = [...logits].sort(([a], [b]) => a - b).map(([, row]) => row);
  return { logits: inOrder, loss, gradients: Array.from(parameters.gradients) };
}

describe.each(models)('$name', ({ spec }) => {
  it('a sequence’s logits are the same bits alone and beside longer and shorter ones', () => {
    const together = run(spec, dataset.samples).logits;
    expect(dataset.samples.flatMap((sample) => run(spec, [sample]).logits)).toEqual(together);
  });

  it('the loss and gradients of a batch are the sums of those of its sequences', () => {
    const together = run(spec, dataset.samples);
    const alone = dataset.samples.map((sample) => run(spec, [sample]));
    expect(alone.reduce((sum, { loss }) => sum + loss, 0)).toBeCloseTo(together.loss, 10);
    for (const [i, gradient] of together.gradients.entries()) {
      expect(alone.reduce((sum, { gradients }) => sum + gradients[i]!, 0)).toBeCloseTo(gradient, 10);
    }
  });
});

describe.each(models.filter(({ spec }) => spec.bidirectional))('$name', ({ spec }) => {
  it('reading backwards is the same as swapping the directions’ weights', () => {
    const oneLayer = { ...spec, numLayers: 1 };
    const backwards = (text: string) => [...text].reverse().join('');
    const samples = dataset.samples.map(({ input, target }) => ({ input, target: target! }));
    const turned = samples.map(({ input, target }) => ({
      input: backwards(input),
      target: backwards(target),
    }));
    const swapped = run(oneLayer, turned, (values) => {
      for (const [key, value] of values) {
        if (key.startsWith('rnn.') && !key.endsWith('_reverse')) swap(value, values.get(`${key}_reverse`)!);
        if (key === 'h0' || key === 'c0') swap(value.subarray(0, 3), value.subarray(3));
        if (key === 'head.weight') {
          for (let o = 0; o < V; o++)
            swap(value.subarray(6 * o, 6 * o + 3), value.subarray(6 * o + 3, 6 * o + 6));
        }
      }
    });
    const plain = run(oneLayer, samples);
    expect(swapped.loss).toBeCloseTo(plain.loss, 12);
    const first = plain.logits.slice(0, 5);
    const reversed = swapped.logits.slice(0, 5).reverse();
    for (const [t, row] of first.entries()) {
      for (const [v, logit] of row.entries()) expect(reversed[t]![v]).toBeCloseTo(logit, 12);
    }
  });
});

function swap(a: Float64Array, b: Float64Array): void {
  const kept = a.slice();
  a.set(b);
  b.set(kept);
}

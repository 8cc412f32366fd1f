/** Whole models' backward pass against finite differences of their forward pass, in float64. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { createBatch, loadBatch, planSamples } from '../../../engine/data/batches.ts';
import type { Sequences } from '../../../engine/data/sequences.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import { createReferenceKernels } from '../../../engine/kernels/reference.ts';
import type { CellName } from '../../../engine/layers/cells.ts';
import { crossEntropyBackward, crossEntropyForward } from '../../../engine/layers/cross-entropy.ts';
import { backwardModel, createModel, forwardModel, setInitialStates } from '../../../engine/model/model.ts';
import { defaultModel, directions, type ModelSpec } from '../../../engine/model/spec.ts';
import { createGenerator } from '../../../engine/tensor/random.ts';

/** The tolerances of docs/engine.md: gradient checks in float64. */
const eps = 1e-6;
const tolerance = { absolute: 1e-5, relative: 1e-3 };

export interface ModelCase {
  spec: ModelSpec;
  inputSize: number;
  outputSize: number;
  targetEvery: Sequences['targetEvery'];
  lengths: number[];
  seed: number;
}

const small = (max: number) => fc.integer({ min: 1, max });

/** Small models of all kinds whose cell is one of these. */
export const modelCases = (names: readonly CellName[]): fc.Arbitrary<ModelCase> =>
  fc
    .record({
      cell: fc.constantFrom(...names),
      nonlinearity: fc.constantFrom('tanh' as const, 'relu' as const),
      embedding: fc.option(small(3)),
      hiddenSize: small(4),
      numLayers: small(2),
      bias: fc.boolean(),
      bidirectional: fc.boolean(),
      drops: fc.boolean(),
      head: fc.constantFrom('none' as const, 'linear' as const),
      initialState: fc.constantFrom('zeros' as const, 'learned' as const),
      inputSize: small(4),
      outputSize: small(4),
      targetEvery: fc.constantFrom('step' as const, 'sequence' as const),
      lengths: fc.array(small(4), { minLength: 1, maxLength: 4 }),
      seed: fc.nat(),
    })
    .map(({ inputSize, outputSize, targetEvery, lengths, seed, drops, ...settings }) => {
      const dropout = drops && settings.numLayers > 1 ? 0.4 : 0;
      const spec = { ...defaultModel(), ...settings, dropout };
      const logits = spec.hiddenSize * directions(spec);
      return {
        spec,
        inputSize,
        outputSize: spec.head === 'none' ? logits : outputSize,
        targetEvery,
        lengths,
        seed,
      };
    });

/** Random sequences with these lengths. */
function randomSequences({ lengths, inputSize, outputSize, targetEvery, seed }: ModelCase): Sequences {
  const generator = createGenerator(seed);
  const draw = (count: number, below: number) =>
    Int32Array.from({ length: count }, () => generator.next() % below);
  const startsOf = (counts: number[]) =>
    Int32Array.from([0, ...counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b))]);
  const targetCounts = targetEvery === 'step' ? lengths : lengths.map(() => 1);
  const [starts, targetStarts] = [startsOf(lengths), startsOf(targetCounts)];
  return {
    count: lengths.length,
    tokens: draw(starts.at(-1)!, inputSize),
    starts,
    targets: draw(targetStarts.at(-1)!, outputSize),
    targetStarts,
    targetEvery,
  };
}

/** The summed loss of all sequences in one batch, and its gradients on request. */
function createLoss(testCase: ModelCase) {
  const { spec, inputSize, outputSize, targetEvery, lengths, seed } = testCase;
  const plan = planSamples(randomSequences(testCase), lengths.length);
  const batch = createBatch([plan]);
  loadBatch(
    batch,
    plan,
    0,
    Int32Array.from(lengths, (_, i) => i),
  );
  const model = createModel(
    spec,
    { inputSize, outputSize },
    targetEvery === 'step' ? 'every-step' : 'last-step',
    { steps: plan.steps, sequences: plan.largestBatch, rows: plan.rows, training: true },
    createReferenceKernels('float64'),
  );
  createGenerator(seed + 1).uniform(model.parameters.values, -1, 1);
  const probabilities = new Float64Array(batch.outputs * outputSize);

  function loss(): number {
    setInitialStates(model, batch.packing.B);
    // The same dropout masks each time.
    finish(forwardModel(model, batch.packing, batch.tokens, createGenerator(seed)));
    return crossEntropyForward(probabilities, model.logits, batch.targets, 0, batch.outputs, outputSize);
  }

  function gradients(): Float64Array {
    loss();
    model.parameters.gradients.fill(0);
    crossEntropyBackward(model.dLogits, probabilities, batch.targets, 1, batch.outputs, outputSize);
    finish(backwardModel(model, batch.packing, batch.tokens, true, true));
    return Float64Array.from(model.parameters.gradients);
  }

  return { parameters: model.parameters, loss, gradients };
}

/** Fails where a parameter's gradient is not the slope of the loss, by central differences. */
export function expectSlopes(testCase: ModelCase): void {
  const { parameters, loss, gradients } = createLoss(testCase);
  const found = gradients();
  for (const { key, at, value } of parameters.entries) {
    for (let i = 0; i < value.length; i++) {
      const kept = value[i]!;
      value[i] = kept + eps;
      const above = loss();
      value[i] = kept - eps;
      const below = loss();
      value[i] = kept;
      const slope = (above - below) / (2 * eps);
      const bound = tolerance.absolute + tolerance.relative * Math.abs(slope);
      const difference = Math.abs(found[at + i]! - slope);
      if (!(difference <= bound)) {
        expect.fail(`${key}[${i}]: gradient ${found[at + i]}, slope ${slope}`);
      }
    }
  }
}

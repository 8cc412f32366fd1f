/** Every number of an optimizer step that Update shows is what the numbers before it give, for every optimizer. */
import { describe, expect, it } from 'vitest';
import type { BatchStory, UpdateQuantity } from '../../../engine/api.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import type { OptimizerSpec } from '../../../engine/model/experiment.ts';
import { explainBatchInPieces } from '../../../engine/training/batch-story.ts';
import { evaluate, mass } from '../../../renderer/screens/inspect/numbers/expression.ts';
import { ruleOf, updateExpression } from '../../../renderer/screens/inspect/step/update.ts';
import { type Changes, experiment, reversal, trainer } from '../../engine/documents.ts';

const optimizers: OptimizerSpec[] = [
  { name: 'sgd', lr: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
  { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0.01 },
  { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0 },
  { name: 'adam', lr: 0.05, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.02 },
  { name: 'adamw', lr: 0.05, betas: [0.8, 0.99], eps: 1e-8, weightDecay: 0.1 },
  { name: 'rmsprop', lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0, weightDecay: 0 },
  { name: 'rmsprop', lr: 0.01, alpha: 0.9, eps: 1e-6, momentum: 0.8, weightDecay: 0.01 },
];

/** What a step begins with; everything else is made of it. */
const given = new Set<UpdateQuantity>([
  'value',
  'gradient',
  'mBefore',
  'vBefore',
  'squaresBefore',
  'bufferBefore',
]);

function storyOf(optimizer: OptimizerSpec, epochs: number): BatchStory {
  const changes: Changes = {
    dataset: reversal,
    model: { cell: 'gru', hiddenSize: 3, head: 'linear' },
    training: { batchSize: 3, clipGradNorm: 0.05, optimizer },
  };
  const run = trainer(changes, null, referenceBackend);
  for (let epoch = 0; epoch < epochs; epoch++) run.stepEpoch();
  const source = {
    experiment: experiment(changes),
    checkpoint: run.checkpoint(),
    changes: [],
    batch: 1,
    keys: null,
  };
  run.close();
  const told = finish(explainBatchInPieces(source, referenceBackend));
  if (!told.ok) throw new Error(told.problems.map(({ message }) => message).join());
  return told.value;
}

describe.each(optimizers.map((optimizer) => [JSON.stringify(optimizer), optimizer] as const))(
  'with %s',
  (_, optimizer) => {
    it.each([0, 4])('every quantity follows from those before it, after %i epochs', (epochs) => {
      const story = storyOf(optimizer, epochs);
      let compared = 0;
      expect(story.clip).toBeLessThan(1);
      for (const update of story.parameters) {
        for (const { quantity, data } of update.columns) {
          for (let i = 0; i < data.length; i++) {
            const made = updateExpression(story, update, quantity, i);
            expect(made === undefined, quantity).toBe(given.has(quantity));
            if (made === undefined) continue;
            const exact = evaluate(made);
            // Each column is rounded once to float32; near 0 it has fewer digits.
            const slack = 1e-6 * Math.max(mass(made), Math.abs(exact)) + 1e-38;
            expect(Math.abs(data[i]! - exact), `${update.key} ${quantity}[${i}]`).toBeLessThanOrEqual(slack);
            compared++;
          }
          expect(ruleOf(quantity).formula(story, update)).not.toContain('NaN');
        }
      }
      expect(compared).toBeGreaterThan(100);
    });
  },
);

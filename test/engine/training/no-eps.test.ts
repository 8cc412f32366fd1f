/** Optimizers with eps = 0, which PyTorch accepts: the padding behind a tensor must not count as a bad weight. */
import { describe, expect, it } from 'vitest';
import { loadWasm, referenceBackend } from '../../../engine/kernels/backend.ts';
import type { OptimizerSpec } from '../../../engine/model/experiment.ts';
import { expectAgreement } from '../../parity/agree.ts';
import { everyBackend } from '../backends.ts';
import { type Changes, reversal, trainer } from '../documents.ts';

const betas: [number, number] = [0.9, 0.999];
const rmsprop = { name: 'rmsprop', weightDecay: 0 } as const;
/** Optimizers with their losses in PyTorch 2.13 for nn.RNN(4, 5), nn.Linear(5, 4), hello → ohlol, seed 2. */
const optimizers: Record<string, [OptimizerSpec, number[]]> = {
  Adam: [
    { name: 'adam', lr: 0.05, betas, eps: 0, weightDecay: 0 },
    [1.4914207458, 1.2621792555, 1.1404248476, 1.0532494783, 0.9602695704, 0.8559092283],
  ],
  'Adam, 1e-46, which float32 does not hold,': [
    { name: 'adam', lr: 0.05, betas, eps: 1e-46, weightDecay: 0 },
    [1.4914207458, 1.2621792555, 1.1404248476, 1.0532494783, 0.9602695704, 0.8559092283],
  ],
  AdamW: [
    { name: 'adamw', lr: 0.05, betas, eps: 0, weightDecay: 0.01 },
    [1.4914207458, 1.2622312307, 1.1405646801, 1.0534948111, 0.9607092738, 0.8566190601],
  ],
  RMSprop: [
    { ...rmsprop, lr: 0.01, alpha: 0.99, eps: 0, momentum: 0 },
    [1.4914207458, 1.1682240963, 1.0078905821, 0.8645479083, 0.7281824351, 0.6110929251],
  ],
  'RMSprop with momentum, 1e-46': [
    { ...rmsprop, lr: 0.01, alpha: 0.9, eps: 1e-46, momentum: 0.5 },
    [1.4914207458, 1.3316884041, 1.1994247437, 1.1091697216, 1.0290386677, 0.9496315122],
  ],
};

function losses(changes: Changes, backend = referenceBackend): number[] {
  const run = trainer(changes, null, backend);
  const rows = run.manyEpochs(Infinity, Infinity) ?? [];
  for (let row = run.stepEpoch(); row !== null; row = run.stepEpoch()) rows.push(row);
  expect(run.state()).toEqual({ status: 'finished', reason: 'epochs' });
  return rows.map(({ loss }) => loss);
}

describe.each(Object.entries(optimizers))('%s without eps', (_, [optimizer, ofPyTorch]) => {
  it.each(everyBackend())("has PyTorch's losses on $name", (backend) => {
    const changes: Changes = {
      model: { head: 'linear', hiddenSize: 5 },
      training: { optimizer, epochs: ofPyTorch.length },
    };
    expectAgreement(losses(changes, backend), ofPyTorch, { absolute: 0, relative: 2e-6 }, 'loss');
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 9])(
    'trains H = %i as the plain loops do, in any tail of its vectors',
    (H) => {
      const changes: Changes = {
        dataset: reversal,
        model: { head: 'linear', cell: 'lstm', hiddenSize: H, embedding: 3 },
        training: { optimizer: { ...optimizer, lr: 1e-3 }, epochs: 4, batchSize: 7 },
      };
      const tolerance = { absolute: 0, relative: 2e-5 };
      expectAgreement(losses(changes, loadWasm()!), losses(changes), tolerance, 'loss');
    },
  );

  it.each(everyBackend())('ends as PyTorch does where a gradient is 0, on $name, and says why', (backend) => {
    // No sample holds z, so the gradient of its embedding row is 0, and 0 / 0 is NaN.
    const run = trainer(
      {
        dataset: { vocabulary: ['e', 'h', 'l', 'o', 'z'] },
        model: { head: 'linear', embedding: 3 },
        training: { optimizer },
      },
      null,
      backend,
    );
    const before = run.weights();
    run.stepEpoch();
    const { message } = (run.state() as { problem: { message: string } }).problem;
    expect(message).toBe(
      'embedding.weight after the update is NaN in epoch 1, batch 1; training needs finite numbers. ' +
        'training.optimizer.eps is 0 in float32, which makes 0 / 0 of a gradient of 0; 1e-8 is usual',
    );
    expect(run.weights()).toEqual(before);
  });
});

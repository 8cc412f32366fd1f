import { expect, it } from 'vitest';
import { checkpointHeadBytes, checkpointPlace } from '../../../engine/formats/checkpoint-place.ts';
import { type Changes, reversal, trainer } from '../documents.ts';

it.each<{ name: string; changes: Changes }>([
  { name: 'hello', changes: {} },
  {
    name: 'batches, with the best kept',
    changes: {
      dataset: { ...reversal, validation: { fraction: 0.2, seed: 1 } },
      model: { head: 'linear' },
      training: {
        batchSize: 2,
        restoreBest: true,
        earlyStopping: { metric: 'validationLoss', patience: 3, minDelta: 0.1 },
      },
    },
  },
])('a checkpoint’s first bytes say where it stands: $name', ({ changes }) => {
  const run = trainer(changes);
  for (let batch = 0; batch < 9; batch++) {
    const { epoch, batch: done } = run.progress();
    expect(checkpointPlace(run.checkpoint().subarray(0, checkpointHeadBytes))).toEqual({
      epoch,
      batch: done,
    });
    run.stepBatch();
  }
});

it('says nothing of bytes that are no checkpoint', () => {
  const bytes = trainer().checkpoint();
  for (let i = 0; i < 300; i++) {
    const other = bytes.slice(0, checkpointHeadBytes);
    other[i] = other[i]! ^ 0x80;
    expect([null, { epoch: 0, batch: 0 }]).toContainEqual(checkpointPlace(other));
  }
  expect(checkpointPlace(new Uint8Array())).toBeNull();
});

/** The order and time of an engine's reports when their receiver is slow to write them down. */
import { expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { newOpenRun } from '../../../engine/serving/open-run.ts';
import { createOutbox } from '../../../engine/serving/outbox.ts';
import { trainer } from '../documents.ts';

it('tells of rest only after the rows that came while others were written down', async () => {
  const told: string[] = [];
  const made = trainer();
  const run = newOpenRun('run', made, 0);
  let late: EpochRow | null = made.stepEpoch();
  run.news.rows.push(made.stepEpoch()!);
  run.news.stateDue = true;
  const outbox = createOutbox(
    {
      async epochs({ rows }) {
        await Promise.resolve();
        if (late) run.news.rows.push(late);
        late = null;
        told.push(`epochs ${rows.map(({ epoch }) => epoch)}`);
      },
      checkpoint: () => {},
      state: ({ state }) => void told.push(state.status),
    },
    { now: () => 0, sleep: async () => {}, yieldToMessages: async () => {} },
    () => Promise.reject(new Error('no checkpoint is due')),
  );
  await outbox.tellAll(run);
  expect(told).toEqual(['epochs 2', 'epochs 1', 'paused']);
});

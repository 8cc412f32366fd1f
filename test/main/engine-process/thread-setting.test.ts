import { expect, it } from 'vitest';
import type { EngineDoor } from '../../../main/engine-process/engine-door.ts';
import { withThreads } from '../../../main/engine-process/thread-setting.ts';

it('never changes while a run is opened, not even one that came after it', async () => {
  const said: string[] = [];
  const openings: (() => void)[] = [];
  const inner = {
    openRun: ({ runId }: { runId: string }) =>
      new Promise((resolve, reject) =>
        openings.push(() => {
          said.push(`run ${runId}`);
          if (runId === '2') reject(new Error('no memory'));
          else resolve({});
        }),
      ),
    describe: async () => ({ threads: said.length }),
  } as unknown as EngineDoor;
  const door = withThreads(inner, (threads) => void said.push(`${threads} threads`));
  const request = (runId: string) => ({ runId, experiment: {} as never, checkpoint: null });

  const first = door.openRun(request('1'));
  const set = door.setThreads(2);
  const second = door.openRun(request('2'));
  openings[0]!();
  await first;
  openings[1]!();
  await expect(second).rejects.toThrow('no memory');
  expect(await set).toEqual({ threads: 3 });
  expect(said).toEqual(['run 1', 'run 2', '2 threads']);
});

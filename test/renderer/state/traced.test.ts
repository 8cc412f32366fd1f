import { describe, expect, it } from 'vitest';
import type { Trace } from '../../../engine/api.ts';
import { failure, problem, success } from '../../../engine/errors.ts';
import type { LabApi, RunSummary } from '../../../main/api.ts';
import { Traced } from '../../../renderer/state/traced.svelte.ts';
import { patience } from '../../patience.ts';

const until = (isSo: () => boolean) => expect.poll(isSo, patience).toBe(true);

const run = (id: string, epoch: number) =>
  ({ id, kind: 'training', progress: { epoch, batch: 0 } }) as RunSummary;

/** Answers when it is told to, in the order of the questions. */
function slowLab() {
  const asked: { runId: string; input: string; answer: (ok?: boolean) => void }[] = [];
  const askRun = ((request: Parameters<LabApi['askRun']>[0]) =>
    new Promise((resolve) => {
      const { runId } = request;
      const { input } = request.question as { input: string };
      const answer = { name: `${runId} ${input}` } as unknown as Trace;
      asked.push({
        runId,
        input,
        answer: (ok = true) =>
          resolve(ok ? success({ kind: 'trace', answer }) : failure(problem('no', '', 'no'))),
      });
    })) as LabApi['askRun'];
  const looked = new Traced({ askRun });
  const shown = () => (looked.trace as unknown as { name: string } | null)?.name ?? null;
  return { asked, looked, shown };
}

describe('what is looked at', () => {
  it('is asked once for a place, and again when the run goes on, the old numbers staying meanwhile', async () => {
    const { asked, looked, shown } = slowLab();
    looked.follow(run('1', 3), 'hello');
    looked.follow(run('1', 3), 'hello');
    expect(asked).toHaveLength(1);
    looked.follow(run('1', 4), 'hello');
    looked.follow(run('1', 5), 'hello');
    asked[0]!.answer();
    await until(() => asked.length === 2);
    expect(shown()).toBe('1 hello');
    asked[1]!.answer();
    await until(() => shown() === '1 hello');
    expect(asked).toHaveLength(2);
  });
  it('never shows the numbers of another run or input', async () => {
    const { asked, looked, shown } = slowLab();
    looked.follow(run('1', 3), 'hello');
    looked.follow(run('2', 3), 'hello');
    expect(shown()).toBeNull();
    asked[0]!.answer();
    await until(() => asked.length === 2);
    expect(shown()).toBeNull();
    asked[1]!.answer();
    await until(() => shown() === '2 hello');
    looked.follow(null, 'hello');
    expect(shown()).toBeNull();
  });
  it('is nothing where the weights cannot be asked', async () => {
    const { asked, looked, shown } = slowLab();
    looked.follow(run('1', 0), 'hello');
    looked.follow(run('1', 3), '');
    expect(asked).toHaveLength(0);
    looked.follow(run('1', 3), 'x');
    asked[0]!.answer(false);
    await until(() => asked.length === 1);
    expect(shown()).toBeNull();
  });
});

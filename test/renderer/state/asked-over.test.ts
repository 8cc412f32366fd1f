import { describe, expect, it } from 'vitest';
import { failure, problem, success } from '../../../engine/errors.ts';
import type { Distribution } from '../../../engine/questions.ts';
import type { LabApi, RunSummary } from '../../../main/api.ts';
import { AskedOver } from '../../../renderer/state/asked-over.svelte.ts';
import { patience } from '../../patience.ts';

const until = (isSo: () => boolean) => expect.poll(isSo, patience).toBe(true);
const run = { id: '1' } as RunSummary;

/** A lab that answers on command, in the order of the questions. */
function slowLab() {
  const waiting: { epochs: number[]; answer: (code?: string) => void }[] = [];
  const askRunOver = ((request: Parameters<LabApi['askRunOver']>[0]) =>
    new Promise((resolve) => {
      const { epochs } = request;
      const answers = epochs.map((mean) => ({
        kind: 'distribution' as const,
        answer: { mean } as Distribution,
      }));
      waiting.push({
        epochs,
        answer: (code) => resolve(code ? failure(problem(code, '', code)) : success({ epochs, answers })),
      });
    })) as LabApi['askRunOver'];
  const cancelled: (string | undefined)[] = [];
  const cancelAskOver = async (group?: string) => void cancelled.push(group);
  const asked = new AskedOver({ askRunOver, cancelAskOver }, 'distribution', 'panel');
  const follow = (epochs: number[], subject = 'a') =>
    asked.follow({ run, epochs, subject, question: () => ({ key: 'k', bins: 4 }) });
  const means = () => asked.answers?.map(({ mean }) => mean) ?? null;
  return { waiting, cancelled, asked, follow, means };
}

describe('a question over many epochs', () => {
  it('is asked once, and again only of other epochs; the old answers stay meanwhile', async () => {
    const { waiting, asked, follow, means } = slowLab();
    follow([0, 5]);
    follow([0, 5]);
    expect(waiting).toHaveLength(1);
    waiting[0]!.answer();
    await until(() => means() !== null);
    expect([means(), asked.epochs]).toEqual([
      [0, 5],
      [0, 5],
    ]);
    follow([0, 5, 9]);
    expect(means()).toEqual([0, 5]);
    waiting[1]!.answer();
    await until(() => means()?.length === 3);
  });

  it('of another subject shows nothing of the old one', async () => {
    const { waiting, follow, means } = slowLab();
    follow([0, 5]);
    follow([0, 7], 'b');
    waiting[0]!.answer();
    await until(() => waiting.length === 2);
    expect(means()).toBeNull();
    waiting[1]!.answer();
    await until(() => means() !== null);
    expect(means()).toEqual([0, 7]);
  });

  it('is cancelled, in its own group, by whoever leaves', async () => {
    const { waiting, cancelled, asked, follow } = slowLab();
    asked.leave();
    expect(cancelled).toEqual([]);
    follow([0]);
    asked.leave();
    expect(cancelled).toEqual(['panel']);
    waiting[0]!.answer('look-cancelled');
    await until(() => !asked.isAsking);
    expect(asked.problem).toBeNull();
  });

  it('says why it was refused; one that another question ended can be asked again', async () => {
    const { waiting, asked, follow } = slowLab();
    follow([0]);
    waiting[0]!.answer('ask-over-too-many');
    await until(() => asked.problem !== null);
    expect(asked.problem?.code).toBe('ask-over-too-many');
    follow([1]);
    waiting[1]!.answer('look-cancelled');
    await until(() => asked.problem?.code === 'look-cancelled');
    await until(() => !asked.isAsking);
    follow([1]);
    expect(waiting).toHaveLength(3);
  });
});

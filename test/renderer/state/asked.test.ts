import { describe, expect, it } from 'vitest';
import type { WeightPatch } from '../../../engine/api.ts';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import type { Answer, Prediction } from '../../../engine/questions.ts';
import type { LabApi, Moment, RunSummary } from '../../../main/api.ts';
import type { BatchMoment } from '../../../main/inspect-api.ts';
import { Asked } from '../../../renderer/state/asked.svelte.ts';
import { patience } from '../../patience.ts';

const until = (isSo: () => boolean) => expect.poll(isSo, patience).toBe(true);

const run = (id: string, epoch: number) =>
  ({ id, kind: 'training', progress: { epoch, batch: 0 } }) as RunSummary;

/** A lab that answers on command, in the order of the questions. */
function slowLab() {
  const questions: {
    at: Moment | BatchMoment;
    weights: WeightPatch[] | undefined;
    answer: (ok?: boolean, code?: string) => void;
  }[] = [];
  const askRun = ((request: Parameters<LabApi['askRun']>[0]) =>
    new Promise((resolve) => {
      const { runId, at, question, weights } = request;
      const input = 'input' in question ? question.input : '';
      const answer = { name: `${runId} ${at} ${input}` } as unknown as Prediction;
      const result = (ok: boolean, code: string): Result<Answer> =>
        ok ? success({ kind: 'predict', answer }) : failure(problem(code, '', 'no'));
      questions.push({ at, weights, answer: (ok = true, code = 'no') => resolve(result(ok, code)) });
    })) as LabApi['askRun'];
  const asked = new Asked({ askRun }, 'predict');
  const follow = (
    id: string,
    epoch: number,
    at: Moment | BatchMoment,
    input = 'a',
    weights: WeightPatch[] = [],
  ) => asked.follow({ run: run(id, epoch), at, weights, subject: input, question: () => ({ input }) });
  const shown = () => (asked.answer as unknown as { name: string } | null)?.name ?? null;
  return { questions, asked, follow, shown };
}

describe('what a run’s weights are asked', () => {
  it('is asked once for a moment; of those that came meanwhile the last one alone is asked', async () => {
    const { questions, asked, follow, shown } = slowLab();
    follow('1', 9, 3);
    follow('1', 9, 3);
    follow('1', 9, 4);
    follow('1', 9, 7);
    expect(questions.map(({ at }) => at)).toEqual([3]);
    questions[0]!.answer();
    await until(() => questions.length === 2);
    expect(questions[1]!.at).toBe(7);
    expect(shown()).toBe('1 3 a');
    expect(asked.epoch).toBe(3);
    questions[1]!.answer();
    await until(() => shown() === '1 7 a');
    expect(asked.epoch).toBe(7);
    // While the run goes on, the answer for a past epoch stays valid.
    follow('1', 12, 7);
    expect(questions).toHaveLength(2);
  });

  it('never shows the answer to another subject or of another run', async () => {
    const { questions, asked, follow, shown } = slowLab();
    follow('1', 5, 'now', 'a');
    follow('1', 5, 'now', 'b');
    expect(shown()).toBeNull();
    questions[0]!.answer();
    await until(() => questions.length === 2);
    expect(shown()).toBeNull();
    questions[1]!.answer();
    await until(() => shown() === '1 now b');
    expect(asked.epoch).toBe(5);
    follow('2', 5, 'now', 'b');
    expect(shown()).toBeNull();
    asked.follow(null);
    questions[2]!.answer();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(shown()).toBeNull();
  });

  it('asks nothing of a run that has no epoch, or only shows shapes, but may be asked its epoch 0', () => {
    const { questions, asked, follow } = slowLab();
    follow('1', 0, 'now');
    asked.follow({
      run: { ...run('1', 3), kind: 'shapes' } as RunSummary,
      at: 'now',
      subject: 'a',
      question: () => ({ input: 'a' }),
    });
    expect(questions).toHaveLength(0);
    follow('1', 0, 0);
    expect(questions).toHaveLength(1);
  });

  it('is asked anew with weights set by hand, at once, the old answer standing until then', async () => {
    const { questions, follow, shown, asked } = slowLab();
    const byHand = (value: number) => [{ key: 'rnn.weight_hh_l0', index: 3, value }];
    follow('1', 5, 'now');
    questions[0]!.answer();
    await until(() => shown() !== null);
    expect(questions[0]!.weights).toBeUndefined();
    for (const value of [1, 2, 3]) follow('1', 5, 'now', 'a', byHand(value));
    follow('1', 5, 'now', 'a', byHand(3));
    expect(shown()).toBe('1 now a');
    expect(questions).toHaveLength(2);
    questions[1]!.answer();
    await until(() => questions.length === 3);
    expect(questions.map(({ weights }) => weights?.[0]?.value)).toEqual([undefined, 1, 3]);
    questions[2]!.answer();
    follow('1', 5, 'now', 'a');
    await until(() => questions.length === 4);
    expect(questions[3]!.weights).toBeUndefined();
    expect(asked.epoch).toBe(5);
  });

  it('may be asked inside an epoch, where the epoch before is the last one whole', async () => {
    const { questions, follow, shown, asked } = slowLab();
    follow('1', 9, { epoch: 4, batch: 2 });
    follow('1', 9, { epoch: 4, batch: 2 });
    expect(questions.map(({ at }) => at)).toEqual([{ epoch: 4, batch: 2 }]);
    questions[0]!.answer();
    await until(() => shown() !== null);
    expect(asked.epoch).toBe(3);
    follow('1', 9, { epoch: 4, batch: 3 });
    expect(questions).toHaveLength(2);
  });

  it('has no numbers where the weights cannot answer', async () => {
    const { questions, asked, follow, shown } = slowLab();
    follow('1', 5, 2);
    questions[0]!.answer();
    await until(() => shown() !== null);
    follow('1', 5, 1);
    await until(() => questions.length === 2);
    questions[1]!.answer(false);
    await until(() => shown() === null);
    expect(asked.epoch).toBeNull();
    expect(asked.problem?.code).toBe('no');
    follow('1', 5, 3);
    expect(asked.problem?.code).toBe('no');
    questions[2]!.answer();
    await until(() => shown() !== null);
    expect(asked.problem).toBeNull();
  });

  it('says whether the answer to the newest question is still to come', async () => {
    const { questions, asked, follow } = slowLab();
    expect(asked.isWaiting).toBe(false);
    follow('1', 5, 1);
    follow('1', 5, 2);
    expect(asked.isWaiting).toBe(true);
    questions[0]!.answer();
    await until(() => questions.length === 2);
    expect(asked.isWaiting).toBe(true);
    questions[1]!.answer();
    await until(() => !asked.isWaiting);
    follow('1', 5, 3);
    asked.follow(null);
    expect(asked.isWaiting).toBe(false);
  });

  it('is asked again where a look has ended the question, and the answer before it stays', async () => {
    const { questions, asked, follow, shown } = slowLab();
    follow('1', 5, 2);
    questions[0]!.answer();
    await until(() => shown() !== null);
    follow('1', 5, 4);
    await until(() => questions.length === 2);
    questions[1]!.answer(false, 'look-cancelled');
    await Promise.resolve();
    expect(asked.problem).toBeNull();
    expect(shown()).toBe('1 2 a');
    await until(() => {
      follow('1', 5, 4);
      return questions.length === 3;
    });
    questions[2]!.answer();
    await until(() => shown() === '1 4 a');
  });

  it('stays while a moment is being reached, unless it is about something else', async () => {
    const { questions, asked, follow, shown } = slowLab();
    follow('1', 5, 2, 'a');
    questions[0]!.answer();
    await until(() => shown() !== null);
    asked.hold('1', 'a');
    expect(shown()).toBe('1 2 a');
    asked.hold('1', 'b');
    expect(shown()).toBeNull();
  });
});

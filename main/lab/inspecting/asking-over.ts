/** One question over many epochs of a run, in one way forward. */
import type { WeightPatch } from '../../../engine/api.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { Answer, Question } from '../../../engine/questions.ts';
import type { Moment } from '../../api.ts';
import type { AnswersOver, AskRunOver, BatchMoment } from '../../inspect-api.ts';
import { cancelled, type LookOptions } from './replaying.ts';

/** Most epochs of one question. */
const mostEpochs = 200;
/** Most numbers in all answers together: 16 MiB as float32. */
const mostNumbers = 2 ** 22;

export interface AskedOfRun {
  runId: string;
  at: Moment | BatchMoment;
  question: Question;
  weights?: readonly WeightPatch[] | undefined;
}

/** Asks epoch by epoch with `ask`; fails with the first epoch that does. */
export async function askOverEpochs(
  { epochs: wanted, group: _, ...request }: AskRunOver,
  ask: (asked: AskedOfRun, options: LookOptions) => Promise<Result<Answer>>,
  { signal, onProgress }: LookOptions,
): Promise<Result<AnswersOver>> {
  const epochs = [...new Set(wanted)].sort((one, other) => one - other);
  if (epochs.length > mostEpochs) return failure(tooMany(epochs.length));
  const answers: Answer[] = [];
  let numbers = 0;
  for (const [done, epoch] of epochs.entries()) {
    const tell = (at: number) => onProgress(at, done, epochs.length);
    if (signal.aborted) return failure(cancelled());
    tell(epoch);
    const answer = await ask({ ...request, at: epoch }, { signal, onProgress: tell });
    if (!answer.ok) return answer;
    answers.push(answer.value);
    numbers += countNumbers(answer.value);
    if (numbers > mostNumbers) return failure(tooLarge(numbers, done + 1, epochs.length));
  }
  return success({ epochs, answers });
}

/** The numbers in an answer, those in its arrays of numbers included. */
function countNumbers(value: unknown): number {
  if (typeof value === 'number') return 1;
  if (ArrayBuffer.isView(value)) return (value as Float32Array).length;
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  for (const part of Object.values(value)) count += countNumbers(part);
  return count;
}

function tooMany(epochs: number): Problem {
  const message = `${epochs} epochs are asked for; at most ${mostEpochs} are asked at once`;
  return problem('epochs-asked', 'epochs', message, { epochs, limit: mostEpochs });
}

function tooLarge(numbers: number, answered: number, epochs: number): Problem {
  const message =
    `the answers of the first ${answered} of ${epochs} epochs hold ${numbers} numbers, the lab takes at most ${mostNumbers} at once; ` +
    'fewer epochs or a smaller question need less';
  return problem('answers-size', 'epochs', message, { numbers, answered, epochs, limit: mostNumbers });
}

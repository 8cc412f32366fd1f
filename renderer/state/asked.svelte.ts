import type { WeightPatch } from '../../engine/api.ts';
import type { Problem } from '../../engine/errors.ts';
import type { Answer, Question } from '../../engine/questions.ts';
import type { LabApi, Moment, RunSummary } from '../../main/api.ts';
import type { BatchMoment } from '../../main/inspect-api.ts';

/** The least time between two questions to a run that is training. */
const askEveryMs = 500;

export interface Wanted<Kind extends Question['kind']> {
  run: RunSummary;
  at: Moment | BatchMoment;
  /** Weights set by hand for this question. */
  weights?: WeightPatch[] | undefined;
  /**
   * Questions of one subject replace each other: the old epoch's answer stays on screen until the new one
   * has come.
   */
  subject: string;
  /** What else the question depends on: asked again when it changes, while the answer before it stays. */
  detail?: string | undefined;
  question: () => Omit<Extract<Question, { kind: Kind }>, 'kind'>;
}

/**
 * The answer of a run's weights to one question. The question is asked again as the run goes on, another moment is
 * looked at, or other weights are set by hand.
 */
export class Asked<Kind extends Question['kind'] & Answer['kind']> {
  readonly #api: Pick<LabApi, 'askRun'>;
  readonly #kind: Kind;
  /** null: nothing is asked, or the answer has not come. */
  answer = $state.raw<Extract<Answer, { kind: Kind }>['answer'] | null>(null);
  /** The answer is computed with the weights after this epoch; inside an epoch, after those of the epoch before. */
  epoch = $state.raw<number | null>(null);
  /** Why the newest question was refused; null: it was not. */
  problem = $state.raw<Problem | null>(null);
  /** Whether the answer of a newer question is still to come. */
  isWaiting = $state.raw(false);
  #subject = '';
  /** The subject with the weights set by hand. */
  #byHand = '';
  #key = '';
  #asking = false;
  #next: Wanted<Kind> | null = null;
  /** How often a look of this window has ended a question under way: whoever still wants it asks again. */
  #givenUp = $state.raw(0);

  constructor(api: Pick<LabApi, 'askRun'>, kind: Kind) {
    this.#api = api;
    this.#kind = kind;
  }

  /** To be called whenever the run, the moment or the question changes; null: there is nothing to ask. */
  follow(wanted: Wanted<Kind> | null): void {
    // An effect that follows runs again when its question was given up.
    void this.#givenUp;
    if (wanted === null || wanted.run.kind !== 'training' || isUntrained(wanted)) {
      this.#next = null;
      this.#subject = '';
      this.#key = '';
      this.answer = null;
      this.epoch = null;
      this.problem = null;
      this.isWaiting = false;
      return;
    }
    const { run, at, weights = [] } = wanted;
    const subject = JSON.stringify([run.id, wanted.subject]);
    const byHand = JSON.stringify([subject, weights]);
    const key = JSON.stringify([
      byHand,
      wanted.detail ?? '',
      at === 'now' ? [run.progress.epoch, run.progress.batch] : at,
    ]);
    if (key === this.#key) return;
    if (subject !== this.#subject) {
      this.answer = null;
      this.epoch = null;
      this.problem = null;
    }
    this.#subject = subject;
    this.#byHand = byHand;
    this.#key = key;
    this.#next = wanted;
    this.isWaiting = true;
    void this.#pull();
  }

  /** While a moment is being reached, an answer stays only if it is to the same subject. */
  hold(runId: string | null, subject: string): void {
    if (JSON.stringify([runId, subject]) !== this.#subject) this.follow(null);
  }

  async #pull(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#next) {
        const { run, at, weights = [], question } = this.#next;
        const [subject, byHand, key] = [this.#subject, this.#byHand, this.#key];
        this.#next = null;
        const asked = { kind: this.#kind, ...question() } as unknown as Question;
        const answered = await this.#api.askRun({
          ...{ runId: run.id, at, question: asked },
          ...(weights.length > 0 && { weights }),
        });
        if (!answered.ok && answered.problems[0]?.code === 'look-cancelled') {
          if (key === this.#key) {
            this.#key = '';
            this.#givenUp += 1;
          }
          continue;
        }
        if (subject === this.#subject) {
          // A refusal leaves no numbers to show.
          const isAnswer = answered.ok && answered.value.kind === this.#kind;
          this.answer = isAnswer ? (answered.value.answer as typeof this.answer) : null;
          this.epoch = isAnswer ? epochOf(run, at) : null;
          this.problem = answered.ok ? null : (answered.problems[0] ?? null);
          if (key === this.#key) this.isWaiting = false;
        }
        // What a hand changes is answered at once.
        if (key !== this.#key && byHand === this.#byHand && at === 'now')
          await new Promise((resolve) => setTimeout(resolve, askEveryMs));
      }
    } catch {
      // The connection is gone; the run is shown again after the next one.
      this.#key = '';
      this.isWaiting = false;
    } finally {
      this.#asking = false;
    }
  }
}

function epochOf(run: RunSummary, at: Moment | BatchMoment): number {
  if (typeof at === 'number') return at;
  return typeof at === 'object' ? at.epoch - 1 : run.progress.epoch;
}

/** A run that has not finished an epoch has nothing to show as it stands, but its epoch 0 can be looked at. */
function isUntrained({ run, at }: Pick<Wanted<never>, 'run' | 'at'>): boolean {
  return at === 'now' && run.progress.epoch === 0;
}

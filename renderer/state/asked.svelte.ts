import type { Answer, Question } from '../../engine/questions.ts';
import type { LabApi, Moment, RunSummary } from '../../main/api.ts';

/** A run that trains is asked at most so often. */
const askEveryMs = 500;

export interface Wanted<Kind extends Question['kind']> {
  run: RunSummary;
  at: Moment;
  /** What makes two questions one subject: the answer for one epoch stays on screen until that for the next has come. */
  subject: string;
  question: () => Omit<Extract<Question, { kind: Kind }>, 'kind'>;
}

/** What a run's weights answer to one question, asked anew as the run goes on or another moment is looked at. */
export class Asked<Kind extends Question['kind'] & Answer['kind']> {
  readonly #api: Pick<LabApi, 'askRun'>;
  readonly #kind: Kind;
  /** null: there is none, or it has not come. */
  answer = $state.raw<Extract<Answer, { kind: Kind }>['answer'] | null>(null);
  /** The epoch that the answer is of: its weights are those after it. */
  epoch = $state.raw<number | null>(null);
  #subject = '';
  #key = '';
  #asking = false;
  #next: Wanted<Kind> | null = null;

  constructor(api: Pick<LabApi, 'askRun'>, kind: Kind) {
    this.#api = api;
    this.#kind = kind;
  }

  /** To be called whenever run, moment or question change; null: there is nothing to ask. */
  follow(wanted: Wanted<Kind> | null): void {
    if (wanted === null || wanted.run.kind !== 'training' || isUntrained(wanted)) {
      this.#next = null;
      this.#subject = '';
      this.#key = '';
      this.answer = null;
      this.epoch = null;
      return;
    }
    const { run, at } = wanted;
    const subject = JSON.stringify([run.id, wanted.subject]);
    const key = JSON.stringify([subject, at === 'now' ? [run.progress.epoch, run.progress.batch] : at]);
    if (key === this.#key) return;
    if (subject !== this.#subject) {
      this.answer = null;
      this.epoch = null;
    }
    this.#subject = subject;
    this.#key = key;
    this.#next = wanted;
    void this.#pull();
  }

  async #pull(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#next) {
        const { run, at, question } = this.#next;
        const [subject, key] = [this.#subject, this.#key];
        this.#next = null;
        const asked = { kind: this.#kind, ...question() } as unknown as Question;
        const answered = await this.#api.askRun({ runId: run.id, at, question: asked });
        if (subject === this.#subject) {
          // What the weights cannot answer has no numbers; the screen says why by itself.
          const isAnswer = answered.ok && answered.value.kind === this.#kind;
          this.answer = isAnswer ? (answered.value.answer as typeof this.answer) : null;
          this.epoch = isAnswer ? (typeof at === 'number' ? at : run.progress.epoch) : null;
        }
        if (key !== this.#key && at === 'now')
          await new Promise((resolve) => setTimeout(resolve, askEveryMs));
      }
    } catch {
      // The connection has gone; with a new one the run is shown anew.
      this.#key = '';
    } finally {
      this.#asking = false;
    }
  }
}

/** Before the first epoch a run as it stands has nothing to show; its epoch 0 may be looked at. */
function isUntrained({ run, at }: Pick<Wanted<never>, 'run' | 'at'>): boolean {
  return at === 'now' && run.progress.epoch === 0;
}

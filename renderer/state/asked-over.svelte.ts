import type { Problem } from '../../engine/errors.ts';
import type { Answer, Question } from '../../engine/questions.ts';
import type { LabApi, RunSummary } from '../../main/api.ts';

export interface WantedOver<Kind extends Question['kind']> {
  run: RunSummary;
  /** At most 200. */
  epochs: number[];
  /** Questions of one subject replace each other: the old answers stay on screen until the new ones have come. */
  subject: string;
  question: () => Omit<Extract<Question, { kind: Kind }>, 'kind'>;
}

/**
 * The answers of a run's weights after many epochs to one question; asked anew when the epochs or the subject change.
 * Questions of one group of the window replace each other.
 */
export class AskedOver<Kind extends Question['kind'] & Answer['kind']> {
  readonly #api: Pick<LabApi, 'askRunOver' | 'cancelAskOver'>;
  readonly #kind: Kind;
  readonly #group: string;
  /** null: nothing is asked, or the answers have not come. */
  answers = $state.raw<readonly Extract<Answer, { kind: Kind }>['answer'][] | null>(null);
  /** Of each answer, ascending. */
  epochs = $state.raw<readonly number[]>([]);
  problem = $state.raw<Problem | null>(null);
  isAsking = $state.raw(false);
  #subject = '';
  #key = '';
  #next: WantedOver<Kind> | null = null;
  #isUnderWay = false;

  constructor(api: Pick<LabApi, 'askRunOver' | 'cancelAskOver'>, kind: Kind, group: string) {
    this.#api = api;
    this.#group = group;
    this.#kind = kind;
  }

  /** To be called whenever the run, its epochs or the question changes; null: there is nothing to ask. */
  follow(wanted: WantedOver<Kind> | null): void {
    const subject = wanted ? JSON.stringify([wanted.run.id, wanted.subject]) : '';
    const key = wanted ? JSON.stringify([subject, wanted.epochs]) : '';
    if (key === this.#key) return;
    if (subject !== this.#subject) {
      this.answers = null;
      this.epochs = [];
      this.problem = null;
    }
    this.#subject = subject;
    this.#key = key;
    this.#next = wanted;
    void this.#pull();
  }

  /** Whoever leaves needs no more epochs. */
  leave(): void {
    this.#next = null;
    this.#key = '';
    if (this.#isUnderWay) this.#api.cancelAskOver(this.#group).catch(() => {});
  }

  async #pull(): Promise<void> {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.isAsking = true;
    try {
      while (this.#next) {
        const { run, epochs, question } = this.#next;
        const key = this.#key;
        this.#next = null;
        const asked = { kind: this.#kind, ...question() } as unknown as Question;
        const answered = await this.#api.askRunOver({
          runId: run.id,
          epochs,
          question: asked,
          group: this.#group,
        });
        if (key !== this.#key) continue;
        // Another of this window's questions has ended this one; it is asked again when it is wanted again.
        if (!answered.ok && answered.problems[0]?.code === 'look-cancelled') this.#key = '';
        this.problem = answered.ok ? null : (answered.problems[0] ?? null);
        if (!answered.ok) continue;
        this.epochs = answered.value.epochs;
        this.answers = answered.value.answers.map(({ answer }) => answer) as unknown as typeof this.answers;
      }
    } catch {
      // The connection is gone; the run is shown again after the next one.
      this.#key = '';
    } finally {
      this.#isUnderWay = false;
      this.isAsking = false;
    }
  }
}

import type { Trace } from '../../engine/api.ts';
import type { LabApi, Moment, RunSummary } from '../../main/api.ts';

/** A run that trains is asked at most so often. */
const askEveryMs = 500;

/** Every number of one input's way through a run's weights: as they are, asked anew as the run goes on, or as they were. */
export class Traced {
  readonly #api: Pick<LabApi, 'askRun'>;
  /** null: there is none, or it has not come. */
  trace = $state.raw<Trace | null>(null);
  /** What `trace` answers, or what is asked at the moment. */
  #key = '';
  #asking = false;
  #next: { run: RunSummary; input: string; at: Moment } | null = null;

  constructor(api: Pick<LabApi, 'askRun'>) {
    this.#api = api;
  }

  /** To be called whenever the run, the input or the moment changes; run null: there is nothing to ask. */
  follow(run: RunSummary | null, input: string, at: Moment = 'now'): void {
    if (
      run === null ||
      run.kind !== 'training' ||
      (run.progress.epoch === 0 && at === 'now') ||
      input === ''
    ) {
      this.#next = null;
      this.#key = '';
      this.trace = null;
      return;
    }
    const { epoch, batch } = run.progress;
    const key = `${run.id} ${at === 'now' ? `${epoch} ${batch}` : `at ${at}`} ${input}`;
    if (key === this.#key) return;
    // The numbers of another run or input are not those of this one.
    if (!this.#key.startsWith(`${run.id} `) || !this.#key.endsWith(` ${input}`)) this.trace = null;
    this.#key = key;
    this.#next = { run, input, at };
    void this.#pull();
  }

  async #pull(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#next) {
        const { run, input, at } = this.#next;
        const key = this.#key;
        this.#next = null;
        const answered = await this.#api.askRun({
          runId: run.id,
          at,
          question: { kind: 'trace', input },
        });
        const isOfThis = this.#key.startsWith(`${run.id} `) && this.#key.endsWith(` ${input}`);
        // An input that the model cannot read has no numbers; the screen says why by itself.
        if (isOfThis)
          this.trace = answered.ok && answered.value.kind === 'trace' ? answered.value.answer : null;
        if (key !== this.#key) await new Promise((resolve) => setTimeout(resolve, askEveryMs));
      }
    } catch {
      // The connection has gone; with a new one the run is shown anew.
      this.#key = '';
    } finally {
      this.#asking = false;
    }
  }
}

import type { BatchStory } from '../../../../engine/api.ts';
import type { Problem } from '../../../../engine/errors.ts';
import type { LabApi } from '../../../../main/api.ts';

export interface StoryWanted {
  runId: string;
  /** From 1. */
  epoch: number;
  /** From 0. */
  batch: number;
  /** Parameters whose numbers are wanted. */
  keys: string[];
}

/** What a run did with one batch. Of wishes that come faster than answers only the last one is asked. */
export class AskedStory {
  readonly #api: Pick<LabApi, 'explainBatch'>;
  story = $state.raw<BatchStory | null>(null);
  problem = $state.raw<Problem | null>(null);
  #key = '';
  #next: StoryWanted | null = null;
  #asking = false;
  /** How often a look of this window has ended a question under way: whoever still wants it asks again. */
  #givenUp = $state.raw(0);

  constructor(api: Pick<LabApi, 'explainBatch'>) {
    this.#api = api;
  }

  /** To be called whenever the run, the batch or the chosen parameter changes; null: nothing is asked. */
  follow(wanted: StoryWanted | null): void {
    void this.#givenUp;
    const key = JSON.stringify(wanted);
    if (key === this.#key) return;
    const runIs = wanted?.runId;
    // The last batch's story stays until the next has come, but not that of another run.
    if (wanted === null || !this.#key.includes(`"runId":${JSON.stringify(runIs)}`)) this.story = null;
    this.#key = key;
    this.problem = null;
    this.#next = wanted;
    void this.#pull();
  }

  async #pull(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#next) {
        const wanted = this.#next;
        this.#next = null;
        const key = this.#key;
        const result = await this.#api.explainBatch(wanted);
        if (key !== this.#key) continue;
        if (!result.ok && result.problems[0]?.code === 'look-cancelled') {
          this.#key = '';
          this.#givenUp += 1;
          continue;
        }
        this.story = result.ok ? result.value : null;
        this.problem = result.ok ? null : (result.problems[0] ?? null);
      }
    } catch {
      // The connection is gone; the story is asked for again after the next one.
      this.#key = '';
    } finally {
      this.#asking = false;
    }
  }
}

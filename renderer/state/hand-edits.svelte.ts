import type { WeightPatch } from '../../engine/api.ts';

/** Weights of the run on screen that the user has set by hand. The run itself is unchanged. */
export class HandEdits {
  #runId: string | null = null;
  /** The values of the run before each edit, newest last; an edit of the same drag replaces the one before. */
  #past = $state.raw<WeightPatch[][]>([]);
  #dragged: string | null = null;
  /** What is set now, one for each place: to be sent with every question about the run. */
  values = $state.raw<readonly WeightPatch[]>([]);

  /** To be called whenever another run is shown: its weights are its own. */
  follow(runId: string | null): void {
    if (runId === this.#runId) return;
    this.#runId = runId;
    this.clear();
  }

  /** @param drag names a movement whose values are one edit together; null: an edit of its own. */
  set(key: string, index: number, value: number, drag: string | null = null): void {
    if (drag === null || drag !== this.#dragged) this.#past = [...this.#past, [...this.values]];
    this.#dragged = drag;
    const others = this.values.filter((edit) => edit.key !== key || edit.index !== index);
    this.values = [...others, { key, index, value }];
  }

  /** Lets the run's own value count again. */
  unset(key: string, index: number): void {
    const others = this.values.filter((edit) => edit.key !== key || edit.index !== index);
    if (others.length === this.values.length) return;
    this.#past = [...this.#past, [...this.values]];
    this.#dragged = null;
    this.values = others;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  /** The value set by hand; null: the run's own counts. */
  at(key: string, index: number): number | null {
    return this.values.find((edit) => edit.key === key && edit.index === index)?.value ?? null;
  }

  undo(): void {
    this.values = this.#past.at(-1) ?? [];
    this.#past = this.#past.slice(0, -1);
    this.#dragged = null;
  }

  clear(): void {
    this.values = [];
    this.#past = [];
    this.#dragged = null;
  }
}

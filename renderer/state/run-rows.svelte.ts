import type { EpochRow } from '../../engine/api.ts';
import type { LabApi } from '../../main/api.ts';

/** The most rows in one answer, when a run is opened and while it trains: more than a board shows. */
const mostAtOnce = 200;
const pullEveryMs = 100;
/** When more of the newest rows than this are kept, the older half is dropped. */
const mostNewest = 2000;
/** Older rows are fetched and kept in pages; the page that was used longest ago is dropped first. */
const pageRows = 128;
const mostPages = 24;
/** The rows of one request while a table is written. */
const mostOfPage = 2000;

/**
 * The rows of one run as far as they are looked at: the newest rows, and pages of older rows that are
 * fetched on demand. The number of rows kept is bounded however long the run is. Curves and figures over
 * all epochs come from the lab.
 */
export class RunRows {
  readonly #api: Pick<LabApi, 'getEpochs'>;
  readonly runId: string;
  readonly firstEpoch: number;
  /** The newest rows, one for each consecutive epoch; a new array whenever rows arrive. */
  newest = $state.raw<EpochRow[]>([]);
  last: EpochRow | null = $derived.by(() => this.newest.at(-1) ?? null);
  /**
   * Page number → its rows, the least recently used page first. A page is always whole: more of the newest rows are
   * kept than a page has, and only what is before them is fetched in pages.
   */
  readonly #pages = new Map<number, EpochRow[]>();
  /** Counts the pages that have arrived; reading it makes `at` reactive. */
  #came = $state(0);
  /** Pages that were asked for and are not here; the last one is fetched first. */
  readonly #wanted = new Set<number>();
  #fetching = false;
  #known = 0;
  #pulling: Promise<void> | null = null;

  /**
   * @param firstEpoch The run's first own epoch: 1, or for a branch the epoch after the one that it begins
   * at.
   */
  constructor(api: Pick<LabApi, 'getEpochs'>, runId: string, firstEpoch = 1) {
    this.#api = api;
    this.runId = runId;
    this.firstEpoch = firstEpoch;
  }

  /** The number of rows of the run; not all of them are necessarily here. */
  count: number = $derived.by(() => (this.last === null ? 0 : this.last.epoch - this.firstEpoch + 1));

  /** Fetches the newest rows. `until` is the newest epoch known. Resolves when the rows are here. */
  pull(until: number): Promise<void> {
    this.#known = Math.max(this.#known, until);
    this.#pulling ??= this.#pullNewest().finally(() => {
      this.#pulling = null;
    });
    return this.#pulling;
  }

  /** The row of an epoch; null while it is being fetched, and where there is none. */
  at(epoch: number): EpochRow | null {
    const { newest } = this;
    const first = newest[0]?.epoch ?? Infinity;
    if (epoch >= first) return newest[epoch - first] ?? null;
    void this.#came;
    if (newest.length === 0 || epoch < this.firstEpoch) return null;
    const number = Math.floor((epoch - 1) / pageRows);
    const page = this.#pages.get(number);
    if (!page) {
      this.#want(number);
      return null;
    }
    this.#pages.delete(number);
    this.#pages.set(number, page);
    return page.find((row) => row.epoch === epoch) ?? null;
  }

  /** All rows of the run in order, up to 2000 at a time; none of them is kept. */
  async *pages(): AsyncGenerator<EpochRow[]> {
    const end = this.last?.epoch ?? 0;
    for (let since = this.firstEpoch - 1; since < end; ) {
      const limit = Math.min(mostOfPage, end - since);
      const result = await this.#api.getEpochs({ runId: this.runId, since, limit });
      if (!result.ok || result.value.length === 0) return;
      yield result.value;
      since = result.value.at(-1)!.epoch;
    }
  }

  async #pullNewest(): Promise<void> {
    for (;;) {
      const pulledAt = performance.now();
      const before = this.newest;
      const known = this.#known;
      const since = Math.max(before.at(-1)?.epoch ?? 0, this.#known - mostAtOnce);
      const result = await this.#api.getEpochs({ runId: this.runId, since, limit: mostAtOnce });
      if (!result.ok) return;
      if (result.value.length === 0) {
        // A short run may make all of its rows, and end, while the answer without any is on its way.
        if (this.#known === known) return;
        continue;
      }
      const goesOn = before.length > 0 && before.at(-1)!.epoch === since;
      const rows = goesOn ? before.concat(result.value) : result.value;
      this.newest = rows.length > mostNewest ? rows.slice(-(mostNewest >> 1)) : rows;
      if (result.value.length < mostAtOnce && rows.at(-1)!.epoch >= this.#known) return;
      // A fast run makes more rows than anyone can see; between requests there are at least `pullEveryMs`.
      await new Promise((resolve) => setTimeout(resolve, pulledAt + pullEveryMs - performance.now()));
      if (rows.at(-1)!.epoch >= this.#known) return;
    }
  }

  #want(page: number): void {
    // The page moves to the end of the set, where it is fetched next.
    this.#wanted.delete(page);
    this.#wanted.add(page);
    if (this.#wanted.size > mostPages) this.#wanted.delete(this.#wanted.values().next().value!);
    if (!this.#fetching) void this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    try {
      // Pages asked for in the same task are collected before the first is fetched.
      await Promise.resolve();
      while (this.#wanted.size > 0) {
        const page = [...this.#wanted].at(-1)!;
        const since = page * pageRows;
        const result = await this.#api.getEpochs({ runId: this.runId, since, limit: pageRows });
        this.#wanted.delete(page);
        if (!result.ok) continue;
        this.#pages.set(page, result.value);
        if (this.#pages.size > mostPages) this.#pages.delete(this.#pages.keys().next().value!);
        this.#came += 1;
      }
    } catch {
      // The connection is gone; the run is shown again after the next one.
    } finally {
      this.#fetching = false;
    }
  }
}

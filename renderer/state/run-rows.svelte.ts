import type { EpochRow } from '../../engine/api.ts';
import type { LabApi } from '../../main/api.ts';

/** Of a run that is opened, and of what comes at once while it trains: more than a board shows. */
const mostAtOnce = 400;
const pullEveryMs = 100;
/** The newest rows are kept up to so many, then about half of them. */
const mostNewest = 2000;
/** Older ones come and stay in pages, those asked longest ago leaving first. */
const pageRows = 128;
const mostPages = 24;
/** Of a table that is written. */
const mostOfPage = 2000;

interface Page {
  rows: EpochRow[];
  /** The newest epoch when it was fetched: later ones of it may have come since. */
  until: number;
}

/**
 * The rows of one run as far as they are looked at: the newest, and pages of older ones that are fetched when they are asked
 * for. However long the run is, only so many are kept; its curves and what is true of all epochs are the lab's to say.
 */
export class RunRows {
  readonly #api: Pick<LabApi, 'getEpochs'>;
  readonly runId: string;
  readonly firstEpoch: number;
  /** The newest, one epoch after another; a new array with each that comes. */
  newest = $state.raw<EpochRow[]>([]);
  last: EpochRow | null = $derived.by(() => this.newest.at(-1) ?? null);
  /** Page → its rows, in the order in which they were last asked for. */
  readonly #pages = new Map<number, Page>();
  /** Counts the pages that came. */
  #came = $state(0);
  /** Asked for and not here; the last is fetched first. */
  readonly #wanted = new Set<number>();
  #fetching = false;
  #known = 0;
  #pulling: Promise<void> | null = null;

  /** @param firstEpoch of a branch: the one after its parent's. */
  constructor(api: Pick<LabApi, 'getEpochs'>, runId: string, firstEpoch = 1) {
    this.#api = api;
    this.runId = runId;
    this.firstEpoch = firstEpoch;
  }

  /** How many there are, of which not all need be here. */
  count: number = $derived.by(() => (this.last === null ? 0 : this.last.epoch - this.firstEpoch + 1));

  /** Fetches the newest rows, `until` being the newest epoch that is known of; resolves when they are here. */
  pull(until: number): Promise<void> {
    this.#known = Math.max(this.#known, until);
    this.#pulling ??= this.#pullNewest().finally(() => {
      this.#pulling = null;
    });
    return this.#pulling;
  }

  /** The row of an epoch; null while it is on its way, and where there is none. */
  at(epoch: number): EpochRow | null {
    const { newest } = this;
    const first = newest[0]?.epoch ?? Infinity;
    if (epoch >= first) return newest[epoch - first] ?? null;
    void this.#came;
    if (newest.length === 0 || epoch < this.firstEpoch) return null;
    const number = Math.floor((epoch - 1) / pageRows);
    const page = this.#pages.get(number);
    const end = (number + 1) * pageRows;
    if (!page || (page.until < end && page.until < this.#known)) this.#want(number);
    if (!page) return null;
    this.#pages.delete(number);
    this.#pages.set(number, page);
    return page.rows.find((row) => row.epoch === epoch) ?? null;
  }

  /** All rows there are, in order, some thousands at a time; none of them is kept. */
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
      const since = Math.max(before.at(-1)?.epoch ?? 0, this.#known - mostAtOnce);
      const result = await this.#api.getEpochs({ runId: this.runId, since, limit: mostAtOnce });
      if (!result.ok || result.value.length === 0) return;
      const goesOn = before.length > 0 && before.at(-1)!.epoch === since;
      const rows = goesOn ? before.concat(result.value) : result.value;
      this.newest = rows.length > mostNewest ? rows.slice(-(mostNewest >> 1)) : rows;
      if (result.value.length < mostAtOnce && rows.at(-1)!.epoch >= this.#known) return;
      // Of a fast run no more is drawn than can be seen.
      await new Promise((resolve) => setTimeout(resolve, pulledAt + pullEveryMs - performance.now()));
      if (rows.at(-1)!.epoch >= this.#known) return;
    }
  }

  #want(page: number): void {
    // What is asked for again is wanted more.
    this.#wanted.delete(page);
    this.#wanted.add(page);
    if (this.#wanted.size > mostPages) this.#wanted.delete(this.#wanted.values().next().value!);
    if (!this.#fetching) void this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    try {
      // What is asked for in one go is one list.
      await Promise.resolve();
      while (this.#wanted.size > 0) {
        const page = [...this.#wanted].at(-1)!;
        const since = page * pageRows;
        const until = this.#known;
        const result = await this.#api.getEpochs({ runId: this.runId, since, limit: pageRows });
        this.#wanted.delete(page);
        if (!result.ok) continue;
        this.#pages.set(page, { rows: result.value, until });
        if (this.#pages.size > mostPages) this.#pages.delete(this.#pages.keys().next().value!);
        this.#came += 1;
      }
    } catch {
      // The connection has gone; with a new one the run is shown anew.
    } finally {
      this.#fetching = false;
    }
  }
}

import { splitTokens } from '../../../engine/data/tokens.ts';
import type { LabApi } from '../../../main/api.ts';
import type { Line } from '../../charts/sample-line.ts';
import { readSample, type SampleSource, sampleCount } from '../../state/run-samples.ts';
import { boardRow } from './board.ts';

/** The most samples judged: more would hardly change the share. */
const mostSamples = 200;
/** The most epochs judged, evenly spread over the run. */
const mostEpochs = 256;
/** The most neighbouring epochs fetched by one request. */
const together = 200;

/** How many samples are right at each step, and how many have that step. */
export interface RightCounts {
  right: Uint16Array; // [T]
  total: Uint16Array; // [T]
}

/** Counts the right steps in the predictions that a row holds. */
export function countRight(source: SampleSource, predictions: readonly string[]): RightCounts {
  const count = Math.min(mostSamples, predictions.length, sampleCount(source));
  const known = new Set(source.dataset.targetVocabulary);
  const rows = Array.from({ length: count }, (_, i) => {
    const sample = readSample(source, i);
    return boardRow(predictions[i], sample, known, source.dataset.tokens).cells;
  });
  const steps = rows.reduce((most, cells) => Math.max(most, cells.length), 0);
  const [right, total] = [new Uint16Array(steps), new Uint16Array(steps)];
  for (const cells of rows) {
    cells.forEach((cell, t) => {
      total[t]! += 1;
      if (cell.right) right[t]! += 1;
    });
  }
  return { right, total };
}

/** Judges every n-th epoch of a run step by step, which shows what a mean over all steps hides. */
export class RightAt {
  readonly #api: Pick<LabApi, 'getEpochs'>;
  #runId = '';
  #source: SampleSource | null = null;
  #counts = new Map<number, RightCounts>();
  #came = $state(0);
  #wanted: { last: number; first: number } | null = null;
  #fetching = false;

  constructor(api: Pick<LabApi, 'getEpochs'>) {
    this.#api = api;
  }

  /** To be called whenever a run advances. `first` is its first own epoch, `last` its newest. */
  follow(runId: string, source: SampleSource, first: number, last: number): void {
    if (runId !== this.#runId || source !== this.#source) {
      this.#runId = runId;
      this.#source = source;
      this.#counts = new Map();
      this.#came += 1;
    }
    this.#wanted = { first, last };
    if (!this.#fetching) void this.#fetch();
  }

  /** The share of samples that are right at a step (counted from 0) over the judged epochs. */
  line(step: number): Line {
    void this.#came;
    const [x, y]: [number[], number[]] = [[], []];
    for (const epoch of [...this.#counts.keys()].sort((a, b) => a - b)) {
      const { right, total } = this.#counts.get(epoch)!;
      if (!total[step]) continue;
      x.push(epoch);
      y.push(right[step]! / total[step]!);
    }
    return { x, y };
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    try {
      for (let next = this.#missing(); next; next = this.#missing()) {
        const [runId, source] = [this.#runId, this.#source!];
        const result = await this.#api.getEpochs({ runId, since: next.epoch - 1, limit: next.limit });
        if (runId !== this.#runId || source !== this.#source) continue;
        if (!result.ok || result.value.length === 0) return;
        for (const row of result.value) this.#counts.set(row.epoch, countRight(source, row.predictions));
        this.#came += 1;
      }
    } catch {
      // The connection is gone; the run is shown again after the next one.
    } finally {
      this.#fetching = false;
    }
  }

  /** The first epoch that still has to be judged; with a stride of 1, the epochs after it too. */
  #missing(): { epoch: number; limit: number } | null {
    if (!this.#wanted) return null;
    const { first, last } = this.#wanted;
    const stride = strideOf(last - first + 1);
    if (this.#counts.size > 2 * mostEpochs) {
      for (const epoch of this.#counts.keys()) if ((epoch - first) % stride !== 0) this.#counts.delete(epoch);
    }
    for (let epoch = first; epoch <= last; epoch += stride) {
      if (!this.#counts.has(epoch)) return { epoch, limit: stride === 1 ? together : 1 };
    }
    return null;
  }
}

/** The distance between judged epochs: a power of two, so that epochs judged before remain useful. */
export function strideOf(epochs: number): number {
  let stride = 1;
  while (epochs / stride > mostEpochs) stride *= 2;
  return stride;
}

/** The number of steps at which a run is judged: the length of its longest target. */
export function longestTarget({ dataset }: SampleSource): number {
  let longest = 0;
  for (const { target } of dataset.samples.slice(0, mostSamples)) {
    longest = Math.max(longest, splitTokens(target ?? '', dataset.tokens).length);
  }
  return longest;
}

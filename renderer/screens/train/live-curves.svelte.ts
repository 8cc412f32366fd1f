import type { EpochRow } from '../../../engine/api.ts';
import type { LabApi } from '../../../main/api.ts';
import type { Curve } from '../../../main/curves-api.ts';
import type { Line } from '../../charts/sample-line.ts';
import type { RunRows } from '../../state/run-rows.svelte.ts';

export const metricNames = [
  'loss',
  'validationLoss',
  'accuracy',
  'validationAccuracy',
  'gradNorm',
  'lr',
] as const satisfies (keyof EpochRow)[];
/** The metrics that are drawn over epochs. */
export type MetricName = (typeof metricNames)[number];

/** A chart hardly has more columns than this. */
const mostPoints = 1000;
/** On a logarithmic axis each decade has this many points. */
const pointsADecade = 400;
/** Above this number of points, the pieces fetched while a run trains are fetched again, coarser, as one. */
const mostFetched = 4000;
const fetchEveryMs = 200;

/** The epochs that are shown, and the scale of their axis. */
export interface Shown {
  from: number;
  to: number;
  isLog: boolean;
  /** Whether only a part of the epochs is shown. */
  isZoomed: boolean;
}

/** The curves up to the newest rows, in points that stand for several epochs each. */
interface Fetched {
  shown: Shown;
  /** The last epoch that the curves contain. */
  until: number;
  curves: Curve[];
}

/**
 * The curves of the run on screen, at the resolution of what is shown: older epochs as the lab gives them,
 * in points that stand for several epochs, and the newest rows unchanged. A million epochs take no more
 * memory than some thousands.
 */
export class LiveCurves {
  readonly #api: Pick<LabApi, 'getCurves'>;
  #rows = $state.raw<RunRows | null>(null);
  /** The curves of all epochs, which are kept while the user zooms, and those of the zoomed part. */
  #whole = $state.raw<Fetched | null>(null);
  #part = $state.raw<Fetched | null>(null);
  #shown = $state.raw<Shown | null>(null);
  #fetched = $derived.by(() =>
    this.#shown?.isZoomed && this.#part && isSame(this.#part.shown, this.#shown) ? this.#part : this.#whole,
  );
  #wanted: { rows: RunRows; shown: Shown } | null = null;
  #fetching = false;

  constructor(api: Pick<LabApi, 'getCurves'>) {
    this.#api = api;
  }

  /** To be called whenever rows arrive, or other epochs are shown. */
  follow(rows: RunRows, shown: Shown): void {
    if (rows !== this.#rows) {
      this.#rows = rows;
      this.#whole = null;
      this.#part = null;
    }
    if (!this.#shown || !isSame(this.#shown, shown)) this.#shown = shown;
    this.#wanted = { rows, shown };
    if (!this.#fetching) void this.#fetch();
  }

  /**
   * A curve as a line. A point of several epochs is drawn from its least to its greatest value, or, for
   * smoothing, at the middle of the two.
   */
  line(name: MetricName, isMiddle = false): Line {
    const [x, y]: [number[], number[]] = [[], []];
    const points = this.#fetched?.curves.find(({ metric }) => metric === name)?.points ?? [];
    for (const { first, last, min, max } of points) {
      if (isMiddle || first === last) {
        x.push((first + last) / 2);
        y.push((min + max) / 2);
      } else {
        x.push(first, last);
        y.push(min, max);
      }
    }
    const newest = this.#rows?.newest ?? [];
    const known = this.#fetched?.until ?? 0;
    for (let i = Math.max(0, known + 1 - (newest[0]?.epoch ?? 0)); i < newest.length; i++) {
      const value = newest[i]![name];
      if (value === null) continue;
      x.push(newest[i]!.epoch);
      y.push(value);
    }
    return { x, y };
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    try {
      for (let part = this.#missing(); part; part = this.#missing()) {
        const { rows, shown, before, from, to } = part;
        const pieces = piecesOf(from, to, shown);
        const answers = [];
        for (const { first, last, points } of pieces) {
          const asked = { runId: rows.runId, metrics: [...metricNames], from: first, to: last, points };
          answers.push(await this.#api.getCurves(asked));
        }
        if (rows !== this.#wanted?.rows) continue;
        const curves = answers.flatMap((answer) => (answer.ok ? answer.value : []));
        const fetched = { shown, until: to, curves: joined([...(before?.curves ?? []), ...curves]) };
        if (shown.isZoomed) this.#part = fetched;
        else this.#whole = fetched;
        await new Promise((resolve) => setTimeout(resolve, fetchEveryMs));
      }
    } catch {
      // The connection is gone; the run is shown again after the next one.
    } finally {
      this.#fetching = false;
    }
  }

  /** The part of the shown epochs before the newest rows that has not been fetched. */
  #missing() {
    if (!this.#wanted) return null;
    const { rows, shown } = this.#wanted;
    const newest = rows.newest[0]?.epoch ?? 0;
    // The line extends beyond the edges.
    const beyond = Math.ceil((shown.to - shown.from + 1) / 100);
    const from = Math.max(rows.firstEpoch, shown.from - beyond);
    const to = Math.min(newest - 1, shown.to + beyond);
    if (to < from) return null;
    const last = shown.isZoomed ? this.#part : this.#whole;
    const before = last && isSame(last.shown, shown) ? last : null;
    if (!before) return { rows, shown, before, from, to };
    if (before.until >= to) return null;
    const count = before.curves.reduce((most, { points }) => Math.max(most, points.length), 0);
    if (count > mostFetched) return { rows, shown, before: null, from, to };
    return { rows, shown, before, from: Math.max(from, before.until + 1), to };
  }
}

const isSame = (a: Shown, b: Shown) =>
  a.from === b.from && a.to === b.to && a.isLog === b.isLog && a.isZoomed === b.isZoomed;

interface Piece {
  first: number;
  last: number;
  points: number;
}

/** The epochs from first to last in pieces of one resolution each: a single piece, or one per decade. */
export function piecesOf(from: number, to: number, { from: start, to: end, isLog }: Shown): Piece[] {
  const pieces: Piece[] = [];
  for (let first = from; first <= to; ) {
    const decade = 10 ** Math.floor(Math.log10(first) + 1e-9);
    const last = isLog ? Math.min(to, 10 * decade - 1) : to;
    const [span, most] = isLog ? [9 * decade, pointsADecade] : [end - start + 1, mostPoints];
    const points = Math.min(mostPoints, Math.ceil(((last - first + 1) / span) * most));
    pieces.push({ first, last, points: Math.max(2, points) });
    first = last + 1;
  }
  return pieces;
}

/** One curve per metric, with its points in the given order. */
function joined(curves: readonly Curve[]): Curve[] {
  return metricNames.map((metric) => ({
    metric,
    points: curves.filter((curve) => curve.metric === metric).flatMap(({ points }) => points),
  }));
}

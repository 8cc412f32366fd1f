import type { Curve, CurveMetric, RunSummary } from '../../../main/api.ts';
import type { Line } from '../../charts/sample-line.ts';
import type { RunState } from '../../state/run.svelte.ts';

/** Curves of a ghost need no more points than a chart has columns. */
const ghostPoints = 1000;
const ghostMetrics: CurveMetric[] = [
  'loss',
  'validationLoss',
  'accuracy',
  'validationAccuracy',
  'gradNorm',
  'lr',
];

export type GhostLines = Partial<Record<CurveMetric, Line>>;

/** The run before the one on screen, whose lines stay in the charts, pale. */
export class Ghost {
  readonly #run: RunState;
  summary = $state.raw<RunSummary | null>(null);
  lines = $state.raw<GhostLines>({});
  /** What was fetched: of which run, up to which epoch. */
  #fetched = '';

  constructor(run: RunState) {
    this.#run = run;
  }

  /** To be called whenever the runs of the project change. */
  async follow(runs: readonly RunSummary[]): Promise<void> {
    const found = runBefore(runs, this.#run.runId);
    const key = found ? `${found.id} ${found.progress.epoch}` : '';
    if (key === this.#fetched) return;
    this.#fetched = key;
    this.summary = found;
    this.lines = {};
    if (!found) return;
    const curves = await this.#run.curves({
      runId: found.id,
      metrics: ghostMetrics,
      from: 1,
      to: Math.max(1, found.progress.epoch),
      points: ghostPoints,
    });
    if (this.#fetched === key) this.lines = linesOf(curves);
  }
}

/** The newest run that was made before this one and has been trained. */
export function runBefore(runs: readonly RunSummary[], runId: string | null): RunSummary | null {
  const shown = runs.find(({ id }) => id === runId);
  if (!shown) return null;
  const earlier = runs.filter(
    ({ kind, number, progress }) => kind === 'training' && number < shown.number && progress.epoch > 0,
  );
  return earlier.reduce<RunSummary | null>(
    (last, run) => (last && last.number > run.number ? last : run),
    null,
  );
}

/** A point that stands for several epochs is drawn from its least to its greatest. */
export function linesOf(curves: readonly Curve[]): GhostLines {
  const lines: GhostLines = {};
  for (const { metric, points } of curves) {
    const x: number[] = [];
    const y: number[] = [];
    for (const { first, last, min, max } of points) {
      x.push(first);
      y.push(min);
      if (first === last) continue;
      x.push(last);
      y.push(max);
    }
    lines[metric] = { x, y };
  }
  return lines;
}

import type { LabApi, RunSummary } from '../../../main/api.ts';
import type { Curve, CurveMetric } from '../../../main/curves-api.ts';
import type { Line } from '../../charts/sample-line.ts';

/** The curves of a ghost need no more points than a chart has columns. */
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

/**
 * An earlier run whose lines stay in the charts, pale: a branch's parent, else the run before the one on
 * screen.
 */
export class Ghost {
  readonly #api: Pick<LabApi, 'getCurves'>;
  summary = $state.raw<RunSummary | null>(null);
  lines = $state.raw<GhostLines>({});
  /** Which run was fetched, up to which epoch. */
  #fetched = '';

  constructor(api: Pick<LabApi, 'getCurves'>) {
    this.#api = api;
  }

  /** To be called whenever the project's runs change, or another run is shown. */
  async follow(runs: readonly RunSummary[], runId: string | null): Promise<void> {
    const found = runBefore(runs, runId);
    const key = found ? `${found.id} ${found.progress.epoch}` : '';
    if (key === this.#fetched) return;
    this.#fetched = key;
    // Lines that have become too short stay until the longer ones have come.
    if (found?.id !== this.summary?.id) this.lines = {};
    this.summary = found;
    if (!found) return;
    const lines = await fetchLines(this.#api, found.id, found.progress.epoch).catch(() => ({}));
    if (this.#fetched === key) this.lines = lines;
  }
}

/** A run's curves up to an epoch; none where the run is gone. */
export async function fetchLines(
  api: Pick<LabApi, 'getCurves'>,
  runId: string,
  to: number,
): Promise<GhostLines> {
  if (to < 1) return {};
  const curves = await api.getCurves({ runId, metrics: ghostMetrics, from: 1, to, points: ghostPoints });
  return curves.ok ? linesOf(curves.value) : {};
}

/** A branch's parent, as long as it exists; else the newest trained run that was made before this one. */
export function runBefore(runs: readonly RunSummary[], runId: string | null): RunSummary | null {
  const shown = runs.find(({ id }) => id === runId);
  if (!shown) return null;
  const parent = runs.find(({ id }) => id === shown.parent?.runId);
  if (parent) return parent;
  const earlier = runs.filter(
    ({ kind, number, progress }) => kind === 'training' && number < shown.number && progress.epoch > 0,
  );
  return earlier.reduce<RunSummary | null>(
    (last, run) => (last && last.number > run.number ? last : run),
    null,
  );
}

/** A point that stands for several epochs is drawn as a line from its least to its greatest value. */
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

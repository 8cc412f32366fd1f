import type { EpochRow } from '../../engine/api.ts';
import type { Problem } from '../../engine/errors.ts';
import type { LabApi, LookProgress, Moment, PastView, RunSummary } from '../../main/api.ts';
import type { LabConnection } from '../lab.ts';
import type { RunState } from './run.svelte.ts';

/** An epoch of a run. Each choice makes a new object, so that identity tells two choices apart. */
interface Place {
  runId: string;
  epoch: number;
}

/** How far the lab has come with the epoch that is looked at. */
export type LookStatus =
  | { kind: 'asked'; done: number; of: number }
  | { kind: 'there'; view: PastView }
  | { kind: 'failed'; problem: Problem };

/**
 * The one moment that the window looks at: the run on screen as it stands, or as it was after one of its
 * epochs. Looking changes nothing, and training that goes on does not move the moment. One look is asked
 * for at a time, so a fast drag asks only for the places where it rests.
 */
export class LookedAt {
  readonly #api: Pick<LabApi, 'lookAt' | 'cancelLook'>;
  readonly #run: ShownRun;
  #place = $state.raw<Place | null>(null);
  /** The status of `#place`. */
  #status = $state.raw<LookStatus>({ kind: 'asked', done: 0, of: 0 });
  #asking = false;

  constructor(connection: Pick<LabConnection, 'handlers'> & { api: LookApi }, run: ShownRun) {
    this.#api = connection.api;
    this.#run = run;
    connection.handlers.lookProgressed = (progress) => this.#takeProgress(progress);
  }

  /** The epoch that is looked at; null: the run as it stands. */
  epoch: number | null = $derived.by(() =>
    this.#place !== null && this.#place.runId === this.#run.runId ? this.#place.epoch : null,
  );
  /** null: the run is shown as it stands. */
  status: LookStatus | null = $derived.by(() => (this.epoch === null ? null : this.#status));
  /** What the lab found at that epoch; null until it has come. */
  view: PastView | null = $derived.by(() => (this.status?.kind === 'there' ? this.status.view : null));
  /** The row of that epoch; null until it has come, and for epoch 0, which has no row. */
  row: EpochRow | null = $derived.by(() =>
    this.epoch === null ? null : (this.#run.rows.at(this.epoch) ?? this.view?.row ?? null),
  );
  /** The moment that questions to the run's weights and exports refer to. */
  moment: Moment = $derived.by(() => this.epoch ?? 'now');

  /** Looks at the run on screen after an epoch. The newest epoch of a run at rest is the run as it stands. */
  at(epoch: number): void {
    const { summary } = this.#run;
    if (summary && isNewest(Math.round(epoch), summary)) this.back();
    else this.keep(epoch);
  }

  /** Looks at an epoch and stays there when the run goes on, even at the newest epoch. */
  keep(epoch: number): void {
    const { summary } = this.#run;
    if (summary?.kind !== 'training') return;
    const wanted = Math.min(Math.max(Math.round(epoch), 0), summary.progress.epoch);
    if (wanted !== this.epoch) this.#goTo({ runId: summary.id, epoch: wanted });
  }

  /** Goes back to the run as it stands. */
  back(): void {
    if (this.#place === null) return;
    this.#place = null;
    if (this.#asking) void this.#api.cancelLook().catch(() => {});
  }

  /** Asks again for the epoch that is looked at; called after the engine or the connection was lost. */
  again(): void {
    if (this.#place !== null && this.#status.kind !== 'there') this.#goTo({ ...this.#place });
  }

  /** To be called whenever the run on screen changes: an epoch that no longer exists is not looked at. */
  follow(summary: RunSummary | null): void {
    const place = this.#place;
    if (place === null) return;
    if (summary?.id !== place.runId || place.epoch > summary.progress.epoch) this.back();
  }

  #goTo(place: Place): void {
    this.#place = place;
    this.#status = { kind: 'asked', done: 0, of: 0 };
    // The look under way is cancelled; its answer lets `#ask` go on with the newest place.
    if (this.#asking) void this.#api.cancelLook().catch(() => {});
    else void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    let asked: Place | null = null;
    try {
      while (this.#place !== null && this.#place !== asked) {
        asked = this.#place;
        const result = await this.#api.lookAt({ runId: asked.runId, at: asked.epoch });
        if (this.#place !== asked) continue;
        this.#status = result.ok
          ? { kind: 'there', view: result.value }
          : { kind: 'failed', problem: result.problems[0]! };
      }
    } catch {
      // The connection is gone; the look is asked for again after the next one.
    } finally {
      this.#asking = false;
      // This place was chosen while the connection was down.
      if (this.#place !== null && this.#place !== asked) void this.#ask();
    }
  }

  #takeProgress({ runId, at, done, of }: LookProgress): void {
    const place = this.#place;
    const isOfIt = place !== null && place.runId === runId && place.epoch === at;
    if (isOfIt && this.#status.kind === 'asked') this.#status = { kind: 'asked', done, of };
  }
}

type LookApi = Pick<LabApi, 'lookAt' | 'cancelLook'>;
type ShownRun = Pick<RunState, 'runId' | 'summary' | 'rows'>;

/**
 * The newest epoch of a diverged run is not the run as it stands: its current weights are no longer
 * numbers.
 */
function isNewest(epoch: number, { state, progress }: RunSummary): boolean {
  const rests = state.status !== 'running' && state.status !== 'diverged';
  return rests && epoch >= progress.epoch && progress.batch === 0;
}

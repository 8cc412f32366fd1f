import type { EpochRow } from '../../engine/api.ts';
import type { Problem } from '../../engine/errors.ts';
import type { LabApi, LookProgress, Moment, PastView, RunSummary } from '../../main/api.ts';
import type { LabConnection } from '../lab.ts';
import type { RunState } from './run.svelte.ts';

/** Which epoch of which run; a new object each time that one is chosen. */
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
 * The one moment that the window looks at: the run on screen as it stands, or as it was after one of its epochs. Looking
 * changes nothing, and training that goes on does not move it. One look is asked for at a time, so that a fast drag
 * asks only for the places where it rests.
 */
export class LookedAt {
  readonly #api: Pick<LabApi, 'lookAt' | 'cancelLook'>;
  readonly #run: ShownRun;
  #place = $state.raw<Place | null>(null);
  /** Of `#place`. */
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
  /** null where nothing is looked back at. */
  status: LookStatus | null = $derived.by(() => (this.epoch === null ? null : this.#status));
  /** What was found there; null until it has come. */
  view: PastView | null = $derived.by(() => (this.status?.kind === 'there' ? this.status.view : null));
  /** That epoch's own numbers; null until they have come, and before the first update. */
  row: EpochRow | null = $derived.by(() =>
    this.epoch === null ? null : (this.#run.rows.at(this.epoch) ?? this.view?.row ?? null),
  );
  /** For what is asked of the run's weights, or written of them. */
  moment: Moment = $derived.by(() => this.epoch ?? 'now');

  /** Looks at the run on screen after an epoch; at its newest, while nothing comes after it, that is as it stands. */
  at(epoch: number): void {
    const { summary } = this.#run;
    if (summary && isNewest(Math.round(epoch), summary)) this.back();
    else this.keep(epoch);
  }

  /** The same, and stays there when the run goes on. */
  keep(epoch: number): void {
    const { summary } = this.#run;
    if (summary?.kind !== 'training') return;
    const wanted = Math.min(Math.max(Math.round(epoch), 0), summary.progress.epoch);
    if (wanted !== this.epoch) this.#goTo({ runId: summary.id, epoch: wanted });
  }

  /** To the run as it stands. */
  back(): void {
    if (this.#place === null) return;
    this.#place = null;
    if (this.#asking) void this.#api.cancelLook().catch(() => {});
  }

  /** After the engine or the connection has been lost. */
  again(): void {
    if (this.#place !== null && this.#status.kind !== 'there') this.#goTo({ ...this.#place });
  }

  /** To be called whenever the run on screen changes: what is not there any more is not looked at. */
  follow(summary: RunSummary | null): void {
    const place = this.#place;
    if (place === null) return;
    if (summary?.id !== place.runId || place.epoch > summary.progress.epoch) this.back();
  }

  #goTo(place: Place): void {
    this.#place = place;
    this.#status = { kind: 'asked', done: 0, of: 0 };
    // What is under way is given up, and its answer brings the newest place.
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
      // The connection has gone; with a new one it is asked for anew.
    } finally {
      this.#asking = false;
      // It was chosen while the line was down.
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

/** Of a run that has diverged, the weights stand where no number is one any more. */
function isNewest(epoch: number, { state, progress }: RunSummary): boolean {
  const rests = state.status !== 'running' && state.status !== 'diverged';
  return rests && epoch >= progress.epoch && progress.batch === 0;
}

import type { EpochRow, LiveSettings, SettingsChange } from '../../../../engine/api.ts';
import type { CheckpointView, LabApi } from '../../../../main/api.ts';
import { fetchLines, type GhostLines } from '../ghost.svelte.ts';
import type { Kin } from './lineage.ts';

/** What the time machine draws of one run. */
export interface Track {
  checkpoints: CheckpointView[];
  changes: SettingsChange[];
  /**
   * Only for ancestors of the run on screen: the curves up to the epoch where the branch begins, and that
   * epoch's row.
   */
  lines: GhostLines;
  lastRow: EpochRow | null;
}

type TimelineApi = Pick<LabApi, 'listCheckpoints' | 'listChanges' | 'getCurves' | 'getEpochs'>;

/** The checkpoints and changes of the run on screen and of its ancestors. */
export class Timeline {
  readonly #api: TimelineApi;
  /** By run id; a run is missing until its track has come. */
  tracks = $state.raw<ReadonlyMap<string, Track>>(new Map());
  /** By run id, the state for which its track was fetched. */
  readonly #fetched = new Map<string, string>();
  #settings: LiveSettings | null = null;
  #revision = 0;

  constructor(api: TimelineApi) {
    this.#api = api;
  }

  /**
   * To be called whenever these runs change. `settings` are those of the run on screen, a new object after
   * each change.
   */
  follow(kin: readonly Kin[], settings: LiveSettings | null): void {
    if (settings !== this.#settings) this.#revision += 1;
    this.#settings = settings;
    for (const id of [...this.#fetched.keys()]) {
      if (kin.some(({ run }) => run.id === id)) continue;
      this.#fetched.delete(id);
      this.tracks = new Map([...this.tracks].filter(([other]) => other !== id));
    }
    for (const one of kin) {
      const { id, checkpointBytes, state } = one.run;
      const revision = one.until === null ? this.#revision : 0;
      const key = `${one.until} ${checkpointBytes} ${state.status} ${revision}`;
      if (this.#fetched.get(id) === key) continue;
      this.#fetched.set(id, key);
      void this.#fetch(one, key);
    }
  }

  async #fetch({ run, until }: Kin, key: string): Promise<void> {
    try {
      const [checkpoints, changes, lines, last] = await Promise.all([
        this.#api.listCheckpoints(run.id),
        this.#api.listChanges(run.id),
        until === null ? {} : fetchLines(this.#api, run.id, until),
        until ? this.#api.getEpochs({ runId: run.id, since: until - 1, limit: 1 }) : null,
      ]);
      if (this.#fetched.get(run.id) !== key) return;
      const track: Track = {
        checkpoints: checkpoints.ok ? checkpoints.value : [],
        changes: changes.ok ? changes.value : [],
        lines,
        lastRow: last?.ok ? (last.value[0] ?? null) : null,
      };
      this.tracks = new Map([...this.tracks, [run.id, track]]);
    } catch {
      // The connection is gone; the run is shown again after the next one.
      this.#fetched.delete(run.id);
    }
  }
}

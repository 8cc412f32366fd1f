import type { EpochRow, LiveSettings, SettingsChange } from '../../../../engine/api.ts';
import type { CheckpointView, LabApi } from '../../../../main/api.ts';
import { fetchLines, type GhostLines } from '../ghost.svelte.ts';
import type { Kin } from './lineage.ts';

/** What the time machine draws of one run. */
export interface Track {
  checkpoints: CheckpointView[];
  changes: SettingsChange[];
  /** Of a run that the one on screen comes from: its curves until there, and the last of those epochs. */
  lines: GhostLines;
  lastRow: EpochRow | null;
}

type TimelineApi = Pick<LabApi, 'listCheckpoints' | 'listChanges' | 'getCurves' | 'getEpochs'>;

/** The run on screen and those that it comes from, with their checkpoints and changes. */
export class Timeline {
  readonly #api: TimelineApi;
  /** By run; one is missing until it has come. */
  tracks = $state.raw<ReadonlyMap<string, Track>>(new Map());
  /** What each was fetched for. */
  readonly #fetched = new Map<string, string>();
  #settings: LiveSettings | null = null;
  #revision = 0;

  constructor(api: TimelineApi) {
    this.#api = api;
  }

  /** To be called whenever these runs change; `settings` are those of the run on screen, another object when changed. */
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
      // The connection has gone; with a new one the run is shown anew.
      this.#fetched.delete(run.id);
    }
  }
}

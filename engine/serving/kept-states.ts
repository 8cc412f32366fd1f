/** States of past epochs, kept in memory within a bound of bytes; the least recently used go first. */
import type { Past, PastFound, RunPlace, SettingsChange } from '../api.ts';
import type { TrainedBy } from '../formats/weights.ts';
import { type TrainedModel, valuesHeld } from '../inspect/trained.ts';
import type { SequenceExperiment } from '../model/experiment.ts';
import { isBefore } from '../training/replay.ts';

export interface KeptState {
  runId: string;
  epoch: number;
  /** All changes until then, as JSON. */
  changes: string;
  state: Uint8Array;
  experiment: SequenceExperiment;
  model: TrainedModel;
  trainedBy: TrainedBy | null;
}

export interface KeptStates {
  /** Replaces the state of the same run and epoch. The newest state stays, however large it is. */
  keep(one: KeptState): void;
  /** Returns null where the state is not kept. Finding a state makes it the most recently used one. */
  find(runId: string, epoch: number): KeptState | null;
  /** The latest kept state whose history is the beginning of this one. */
  nearest(past: Past): PastFound | null;
  /** Drops all states of these runs. */
  forget(runIds: readonly string[]): void;
}

/** The changes that were made at or before a place. */
export const until = (changes: readonly SettingsChange[], place: RunPlace) =>
  changes.filter((change) => !isBefore(place, change));

export function createKeptStates(mostBytes: number): KeptStates {
  /** Ordered by use: the most recently used state is last. */
  let states: KeptState[] = [];

  function keep(one: KeptState): void {
    states = states.filter(({ runId, epoch }) => runId !== one.runId || epoch !== one.epoch);
    states.push(one);
    let bytes = states.reduce((sum, one) => sum + bytesOf(one), 0);
    // The newest state stays: it is about to be asked for.
    while (bytes > mostBytes && states.length > 1) bytes -= bytesOf(states.shift()!);
  }

  function find(runId: string, epoch: number): KeptState | null {
    const found = states.find((one) => one.runId === runId && one.epoch === epoch);
    if (found === undefined) return null;
    states.push(...states.splice(states.indexOf(found), 1));
    return found;
  }

  /** The latest kept state whose history is the beginning of this one. */
  function nearest({ runId, epoch, changes }: Past): PastFound | null {
    const fits = states.filter(
      (one) =>
        one.runId === runId &&
        one.epoch <= epoch &&
        one.changes === JSON.stringify(until(changes, { epoch: one.epoch, batch: 0 })),
    );
    const epochs = fits.map((one) => one.epoch);
    return epochs.length === 0 ? null : { epoch: Math.max(...epochs), batch: 0, as: 'kept' };
  }

  return {
    keep,
    find,
    nearest,
    forget(runIds) {
      states = states.filter(({ runId }) => !runIds.includes(runId));
    },
  };
}

const bytesOf = ({ state, model }: KeptState) => state.length + 4 * valuesHeld(model);

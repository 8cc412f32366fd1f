/** States of past epochs, kept in memory within a bound of bytes; the least recently used go first. */
import type { Past, PastFound, RunPlace, SettingsChange } from '../api.ts';
import { isBefore } from '../data/run-place.ts';
import type { TrainedBy } from '../formats/weights.ts';
import { type TrainedModel, valuesHeld } from '../inspect/trained.ts';
import type { SequenceExperiment } from '../model/experiment.ts';

export interface KeptState {
  runId: string;
  place: RunPlace;
  /** All changes until then, as JSON. */
  changes: string;
  state: Uint8Array;
  experiment: SequenceExperiment;
  model: TrainedModel;
  trainedBy: TrainedBy | null;
}

export interface KeptStates {
  /** Replaces the state of the same run and place. The newest state stays, however large it is. */
  keep(one: KeptState): void;
  /** Returns null where the state is not kept. Finding a state makes it the most recently used one. */
  find(runId: string, place: RunPlace): KeptState | null;
  /** The latest kept state whose history is the beginning of this one. */
  nearest(past: Past): PastFound | null;
  /** Drops all states of these runs. */
  forget(runIds: readonly string[]): void;
}

/** The changes that were made at or before a place. */
export const until = (changes: readonly SettingsChange[], place: RunPlace) =>
  changes.filter((change) => !isBefore(place, change));

const isSame = (one: RunPlace, other: RunPlace) => one.epoch === other.epoch && one.batch === other.batch;

export function createKeptStates(mostBytes: number): KeptStates {
  /** Ordered by use: the most recently used state is last. */
  let states: KeptState[] = [];

  function keep(one: KeptState): void {
    states = states.filter(({ runId, place }) => runId !== one.runId || !isSame(place, one.place));
    states.push(one);
    let bytes = states.reduce((sum, one) => sum + bytesOf(one), 0);
    // The newest state stays: it is about to be asked for.
    while (bytes > mostBytes && states.length > 1) bytes -= bytesOf(states.shift()!);
  }

  function find(runId: string, place: RunPlace): KeptState | null {
    const found = states.find((one) => one.runId === runId && isSame(one.place, place));
    if (found === undefined) return null;
    states.push(...states.splice(states.indexOf(found), 1));
    return found;
  }

  function nearest({ runId, changes, ...end }: Past): PastFound | null {
    const places = states
      .filter(
        (one) =>
          one.runId === runId &&
          !isBefore(end, one.place) &&
          one.changes === JSON.stringify(until(changes, one.place)),
      )
      .map(({ place }) => place);
    const [first, ...others] = places;
    if (first === undefined) return null;
    const { epoch, batch } = others.reduce((last, one) => (isBefore(last, one) ? one : last), first);
    return { epoch, batch, as: 'kept' };
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

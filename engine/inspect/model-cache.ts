/** Weights that were asked lately, with the models made of them, so that the next question makes none anew. */
import type { WeightPatch } from '../api.ts';
import { type Problem, type Result, success } from '../errors.ts';
import { type TrainedModel, valuesHeld } from './trained.ts';

/** Identity of weights: equal keys mean the same weights. */
export type WeightsKey =
  /**
   * `opening`: one for each time that a run is opened, as it may then come to other weights. `standing`: epoch, batch and
   * status.
   */
  | { kind: 'run'; opening: symbol; standing: string }
  /** All bytes are compared: two files can have the same checksum. */
  | { kind: 'file'; bytes: Uint8Array }
  | { kind: 'patched'; from: TrainedModel; values: readonly WeightPatch[] };

export interface ModelCache {
  /** The weights, with the warnings that their reading gave; null where they are not kept. */
  find(key: WeightsKey): Generator<void, Result<TrainedModel> | null>;
  /** The key's bytes and values must not change afterwards. */
  keep(key: WeightsKey, trained: TrainedModel, warnings?: Problem[]): void;
  /**
   * Drops the weights asked longest ago until what is kept is within its bound. Call it after each question, which may have
   * made a model.
   */
  trim(): void;
  /** Drops the weights of a run, and all weights patched from them. */
  forgetRun(opening: symbol): void;
}

export interface CacheBounds {
  entries: number;
  /** Most numbers of four bytes. */
  values: number;
}

/** 256 MiB. The weights under a slider are found again for each of its values, so they stay. */
const usualBounds: CacheBounds = { entries: 6, values: 2 ** 26 };

interface Entry {
  key: WeightsKey;
  trained: TrainedModel;
  warnings: Problem[];
}

export function createModelCache(bounds: CacheBounds = usualBounds): ModelCache {
  /** Least recently used first. */
  let entries: Entry[] = [];
  /** The opening of the run that weights are of, patched ones included. */
  const openings = new WeakMap<TrainedModel, symbol>();

  function trim(): void {
    let values = entries.reduce((sum, entry) => sum + valuesOf(entry), 0);
    while (entries.length > 0 && (entries.length > bounds.entries || values > bounds.values)) {
      values -= valuesOf(entries.shift()!);
    }
  }

  function forgetRun(opening: symbol): void {
    entries = entries.filter(({ trained }) => openings.get(trained) !== opening);
  }

  return {
    *find(key) {
      for (const entry of [...entries]) {
        if (!(yield* isSame(entry.key, key))) continue;
        const at = entries.indexOf(entry);
        if (at !== -1) entries.push(...entries.splice(at, 1));
        return success(entry.trained, entry.warnings);
      }
      return null;
    },
    keep(key, trained, warnings = []) {
      // A run does not come back to where it stood.
      if (key.kind === 'run') forgetRun(key.opening);
      const opening =
        key.kind === 'run' ? key.opening : key.kind === 'patched' ? openings.get(key.from) : undefined;
      if (opening !== undefined) openings.set(trained, opening);
      entries.push({ key, trained, warnings });
      trim();
    },
    trim,
    forgetRun,
  };
}

function valuesOf({ key, trained }: Entry): number {
  return valuesHeld(trained) + (key.kind === 'file' ? key.bytes.length / 4 : 0);
}

function* isSame(one: WeightsKey, other: WeightsKey): Generator<void, boolean> {
  if (one.kind === 'run' && other.kind === 'run') {
    return one.opening === other.opening && one.standing === other.standing;
  }
  if (one.kind === 'file' && other.kind === 'file') return yield* areSameBytes(one.bytes, other.bytes);
  if (one.kind === 'patched' && other.kind === 'patched') {
    return one.from === other.from && areSameValues(one.values, other.values);
  }
  return false;
}

function areSameValues(one: readonly WeightPatch[], other: readonly WeightPatch[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ key, index, value }, i) => {
      const twin = other[i]!;
      return key === twin.key && index === twin.index && Object.is(value, twin.value);
    })
  );
}

/** Bytes compared between two yields, a millisecond or two. */
const pieceBytes = 2 ** 20;

function* areSameBytes(one: Uint8Array, other: Uint8Array): Generator<void, boolean> {
  if (one.length !== other.length) return false;
  for (let from = 0; from < one.length; from += pieceBytes) {
    const until = Math.min(from + pieceBytes, one.length);
    for (let i = from; i < until; i++) if (one[i] !== other[i]) return false;
    if (until < one.length) yield;
  }
  return true;
}

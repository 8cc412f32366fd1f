/** A run's rows as columns of numbers that only grow, so that a chart of a million epochs need not walk them all. */
import type { EpochRow } from '../../../engine/api.ts';

export interface MetricColumns {
  /** Rows taken so far. */
  length: number;
  epoch: Float64Array; // [length]
  loss: Float64Array; // [length]
  lr: Float64Array; // [length]
  accuracy: Float64Array; // [length]
  gradNorm: Float64Array; // [length]
  /** NaN where nothing is held back. */
  validationLoss: Float64Array; // [length]
  validationAccuracy: Float64Array; // [length]
  /** The row that the last value came from; null where there is none. */
  lastRow: EpochRow | null;
}

const names = [
  'epoch',
  'loss',
  'lr',
  'accuracy',
  'gradNorm',
  'validationLoss',
  'validationAccuracy',
] as const satisfies (keyof EpochRow)[];
/** A column that is drawn over epochs. */
export type MetricName = Exclude<(typeof names)[number], 'epoch'>;

/** Buffers may be longer than what is in use; `length` counts. */
interface Store extends MetricColumns {
  capacity: number;
}

/** Columns of all rows; those of `before` are kept where rows goes on from them, else all is read anew. */
export function columnsOf(rows: readonly EpochRow[], before: MetricColumns | null): MetricColumns {
  const goesOn =
    before !== null && before.length <= rows.length && rows[before.length - 1] === before.lastRow;
  const from = before !== null && goesOn && before.length > 0 ? before.length : 0;
  const store = from > 0 ? room(before as Store, rows.length) : emptyStore(rows.length);
  for (let index = from; index < rows.length; index++) {
    const row = rows[index]!;
    for (const name of names) store[name][index] = row[name] ?? Number.NaN;
  }
  return { ...store, length: rows.length, lastRow: rows.at(-1) ?? null };
}

/** One column over epochs, as charts take it. */
export function columnLine(columns: MetricColumns, name: MetricName) {
  return { x: columns.epoch.subarray(0, columns.length), y: columns[name].subarray(0, columns.length) };
}

/** The first epoch with the least of a metric; null before the first. */
export function leastEpoch(columns: MetricColumns, name: MetricName): number | null {
  const { epoch, length } = columns;
  const values = columns[name];
  let least = 0;
  for (let i = 1; i < length; i++) if (values[i]! < values[least]!) least = i;
  return length > 0 ? epoch[least]! : null;
}

function emptyStore(length: number): Store {
  const capacity = Math.max(64, length * 2);
  const column = () => new Float64Array(capacity);
  return {
    capacity,
    length: 0,
    epoch: column(),
    loss: column(),
    lr: column(),
    accuracy: column(),
    gradNorm: column(),
    validationLoss: column(),
    validationAccuracy: column(),
    lastRow: null,
  };
}

function room(store: Store, length: number): Store {
  if (length <= store.capacity) return store;
  const larger = emptyStore(length);
  for (const name of names) larger[name].set(store[name].subarray(0, store.length));
  return larger;
}

/** The order of a run's places: one between two batches comes before another. */
import type { RunPlace } from '../api.ts';

export const isBefore = (one: RunPlace, other: RunPlace): boolean =>
  one.epoch < other.epoch || (one.epoch === other.epoch && one.batch < other.batch);

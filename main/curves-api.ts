/** What a window asks of all of a run's epochs: its curves, and what is true of them together. Types only. */
import type { EarlyStopping } from '../engine/model/experiment.ts';

/** A number of each epoch that can be drawn as a curve. */
export type CurveMetric =
  | 'loss'
  | 'lr'
  | 'gradNorm'
  | 'accuracy'
  | 'validationLoss'
  | 'validationAccuracy'
  | 'trainedMs';

export interface Curve {
  metric: CurveMetric;
  /** Points in order; epochs without the metric have none. */
  points: CurvePoint[];
}

export interface CurvePoint {
  /** The first and the last epoch that the point stands for. */
  first: number;
  last: number;
  min: number;
  max: number;
}

export interface RunStanding {
  /** The newest epoch included. */
  epoch: number;
  /** First epoch with the least loss, and with the least validation loss (null if nothing is held back). */
  leastLoss: number;
  leastValidationLoss: number | null;
  /** Consecutive epochs, up to the newest, in which every token was right. */
  rightStreak: number;
  /**
   * How much of the early stopping patience is used up, counted as in the engine's stop-rules.ts; null without such a
   * rule.
   */
  patience: PatienceUsed | null;
}

export interface PatienceUsed {
  metric: EarlyStopping['metric'];
  bestEpoch: number;
  /** Epochs since the metric improved by more than minDelta. */
  epochs: number;
  patience: number;
}

/** A run's curves as a window requests them; types only. */

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

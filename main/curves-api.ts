/** A run's curves as a window asks for them: types only. */

/** A number of an epoch that is drawn over epochs. */
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
  /** In order; epochs without that number have none. */
  points: CurvePoint[];
}

export interface CurvePoint {
  /** The epochs that it stands for. */
  first: number;
  last: number;
  min: number;
  max: number;
}

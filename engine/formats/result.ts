import type { EpochRow } from '../api.ts';
import type { ExperimentDocument, WeightsJson } from '../model/experiment.ts';
import { shortestWeights } from './weights-map.ts';
import { writeJson } from './write-json.ts';

/** A whole run: what `ohlol train --out` writes. */
export interface ResultDocument {
  format: 'ohlol/result';
  version: 1;
  experiment: ExperimentDocument;
  status: 'finished' | 'stopped' | 'diverged';
  initialWeights: WeightsJson;
  weights: WeightsJson;
  /** Of training alone, by the monotonic clock. */
  seconds: number;
  /** One entry for every epoch. */
  epochs: ResultEpoch[];
}

/** Numbers that are not finite (a run that diverged) are null, as JSON has no word for them. */
export interface ResultEpoch {
  epoch: number;
  loss: number | null;
  lr: number;
  gradNorm: number | null;
  accuracy: number;
  /** Only where there are validation samples. */
  validationLoss?: number;
  validationAccuracy?: number;
  predictions: string[];
}

export function resultEpoch(row: EpochRow): ResultEpoch {
  const { epoch, lr, accuracy, predictions } = row;
  return {
    epoch,
    loss: finiteOrNull(row.loss),
    lr,
    gradNorm: finiteOrNull(row.gradNorm),
    accuracy,
    ...(row.validationLoss === null ? {} : { validationLoss: finiteOrNull(row.validationLoss) ?? undefined }),
    ...(row.validationAccuracy === null ? {} : { validationAccuracy: row.validationAccuracy }),
    predictions,
  };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function writeResult(result: ResultDocument): string {
  const { experiment, initialWeights, weights } = result;
  const given = experiment.initialWeights;
  return writeJson({
    ...result,
    experiment: { ...experiment, initialWeights: given && shortestWeights(given) },
    initialWeights: shortestWeights(initialWeights),
    weights: shortestWeights(weights),
  });
}

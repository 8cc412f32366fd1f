import type { EpochRow } from '../api.ts';
import { checkWeightShapes, dataSizes, isSequenceExperiment } from '../data/check-experiment.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import type { ExperimentDocument, SequenceExperiment, WeightsJson } from '../model/experiment.ts';
import { checkExperiment } from './experiment.ts';
import { Fields, Findings } from './fields.ts';
import { checkHeader } from './header.ts';
import { readWeightsMap, shortestWeights } from './weights-map.ts';
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

/** What of a result its readers use; its epochs are not looked at. */
export interface CheckedResult {
  experiment: SequenceExperiment;
  status: ResultDocument['status'];
  weights: WeightsJson;
  epochCount: number;
}

/** Checks a result that has been parsed: its experiment, and its weights against that. */
export function checkResult(value: unknown): Result<CheckedResult> {
  const header = checkHeader(value, 'ohlol/result', 'a result');
  if (header) return failure(header);
  const findings = new Findings();
  const fields = Fields.of(value, '', findings)!;
  const experiment = checkExperiment(fields.take('experiment'));
  if (!experiment.ok) return failure(...experiment.problems.map(underExperiment));
  const document = experiment.value;
  const status = fields.choice('status', ['finished', 'stopped', 'diverged']);
  const epochCount = fields.list('epochs').length;
  const weights = readWeightsMap(fields.take('weights'), 'weights', findings);
  if (!isSequenceExperiment(document)) {
    return failure(
      problem('shapes-result', 'experiment', 'experiment is of task shapes, which trains nothing'),
    );
  }
  findings.add(...checkWeightShapes(weights, document.model, dataSizes(document), 'weights'));
  if (!findings.clean) return failure(...findings.problems);
  return success({ experiment: document, status, weights, epochCount });
}

function underExperiment(found: Problem): Problem {
  const path = found.path === '' ? 'experiment' : `experiment.${found.path}`;
  return { ...found, path, message: `experiment: ${found.message}` };
}

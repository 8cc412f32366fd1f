import type { EpochRow } from '../api.ts';
import { dataSizes, isSequenceExperiment } from '../data/check-experiment.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { checkWeights } from '../model/check-weights.ts';
import type { ExperimentDocument, SequenceExperiment, WeightsJson } from '../model/experiment.ts';
import { parameterShapes } from '../model/spec.ts';
import { checkExperiment } from './experiment.ts';
import { Fields, Findings } from './fields.ts';
import { shortestNumber } from './float32.ts';
import { checkHeader } from './header.ts';
import { readWeightsMap, shortestWeights } from './weights-map.ts';
import { writeJson } from './write-json.ts';

/** A whole run, as `ohlol train --out` writes it. The epochs come before the keys that are known only at the end. */
export interface ResultDocument {
  format: 'ohlol/result';
  version: 1;
  experiment: ExperimentDocument;
  /** One entry for every epoch. */
  epochs: ResultEpoch[];
  status: 'finished' | 'stopped' | 'diverged';
  initialWeights: WeightsJson;
  weights: WeightsJson;
  /** The epoch whose weights were put back at the end (training.restoreBest); absent where none were. */
  restoredEpoch?: number;
  /** Training time in seconds of the monotonic clock. */
  seconds: number;
}

/** One epoch. Numbers that are not finite (of a run that diverged) are null, as JSON cannot express them. */
export interface ResultEpoch {
  epoch: number;
  loss: number | null;
  lr: number;
  gradNorm: number | null;
  accuracy: number;
  /** Present only where there are validation samples. */
  validationLoss?: number | null;
  validationAccuracy?: number;
  predictions: string[];
}

/**
 * Writes a result in pieces, one epoch at a time, so that a run of millions of epochs needs no memory for them. Call
 * `start`, then `epoch` for each row, then `end`; the texts follow one another in the file.
 */
export function createResultWriter(experiment: ExperimentDocument) {
  let first = true;
  return {
    start(): string {
      const given = experiment.initialWeights;
      const written = { ...experiment, initialWeights: given && shortestWeights(given) };
      const head = writeJson({ format: 'ohlol/result', version: 1, experiment: written });
      return `${head.replace(/\s*\}\n$/, '')},\n  "epochs": [`;
    },
    epoch(row: EpochRow): string {
      const comma = first ? '' : ',';
      first = false;
      return `${comma}\n    ${JSON.stringify(resultEpoch(row))}`;
    },
    end(
      end: Pick<ResultDocument, 'status' | 'initialWeights' | 'weights' | 'restoredEpoch' | 'seconds'>,
    ): string {
      const initialWeights = shortestWeights(end.initialWeights);
      const tail = writeJson({ ...end, initialWeights, weights: shortestWeights(end.weights) });
      return `\n  ],${tail.slice(1)}`;
    },
  };
}

function resultEpoch(row: EpochRow): ResultEpoch {
  const { epoch, lr, accuracy, validationLoss, validationAccuracy, predictions } = row;
  return {
    epoch,
    loss: shortestOrNull(row.loss),
    lr,
    gradNorm: shortestOrNull(row.gradNorm),
    accuracy,
    ...(validationLoss === null ? {} : { validationLoss: shortestOrNull(validationLoss) }),
    ...(validationAccuracy === null ? {} : { validationAccuracy }),
    predictions,
  };
}

function shortestOrNull(value: number): number | null {
  return Number.isFinite(value) ? shortestNumber(value) : null;
}

/** The parts of a result that its readers use; the contents of its epochs are not checked. */
export interface CheckedResult {
  experiment: SequenceExperiment;
  status: ResultDocument['status'];
  weights: WeightsJson;
  epochCount: number;
}

/** Checks a parsed result: its experiment, and its weights against that experiment. */
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
  const shapes = parameterShapes(document.model, dataSizes(document));
  findings.add(...checkWeights({ part: 'whole', weights }, shapes, 'weights'));
  if (!findings.clean) return failure(...findings.problems);
  return success({ experiment: document, status, weights, epochCount });
}

function underExperiment(found: Problem): Problem {
  const path = found.path === '' ? 'experiment' : `experiment.${found.path}`;
  return { ...found, path, message: `experiment: ${found.message}` };
}

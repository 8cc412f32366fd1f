import { checkExperimentSense } from '../data/check-experiment.ts';
import { findUnused } from '../data/check-unused.ts';
import { documentVersion } from '../data/later-fields.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import type { ExperimentDocument } from '../model/experiment.ts';
import { readDataset } from './experiment-dataset.ts';
import { readModel, readTraining } from './experiment-settings.ts';
import { Fields, Findings } from './fields.ts';
import { checkHeader } from './header.ts';
import { parseJson } from './parse-json.ts';
import { readWeightsMap, shortestWeights } from './weights-map.ts';
import { writeJson } from './write-json.ts';

/** The newest version of an experiment document that is read. */
const newestExperiment = 2;

/**
 * Reads an experiment document (docs/formats.md) from its text. The result can be run: types, ranges, samples
 * against vocabulary and task, sizes against each other and stated limits are checked, and missing keys have their
 * defaults. Fails with all problems at once (the first hundred, then a count of the rest), each with its path.
 * Unknown keys are kept and give warnings.
 */
export function parseExperiment(text: string): Result<ExperimentDocument> {
  const parsed = parseJson(text, 'the experiment');
  return parsed.ok ? checkExperiment(parsed.value) : parsed;
}

/** Reads an experiment document that is already parsed. */
export function checkExperiment(value: unknown): Result<ExperimentDocument> {
  const header = checkHeader(value, 'ohlol/experiment', 'an experiment', newestExperiment);
  if (header) return failure(header);
  const findings = new Findings();
  const fields = Fields.of(value, '', findings)!;
  fields.take('format');
  const version = fields.take('version') as number;
  const weights = fields.take('initialWeights') ?? null;
  const experiment: ExperimentDocument = {
    format: 'ohlol/experiment',
    version: 1,
    name: fields.text('name', 'Untitled'),
    dataset: readDataset(fields, findings),
    model: readModel(fields, findings),
    training: readTraining(fields, findings),
    initialWeights: weights === null ? null : readWeightsMap(weights, 'initialWeights', findings),
    ...fields.unknown(),
  };
  experiment.version = documentVersion(experiment);
  const malformed = findings.problems.map(({ path }) => path);
  findings.add(...checkExperimentSense(experiment, malformed));
  if (!findings.clean) return failure(...findings.problems);
  const later = version < experiment.version ? [newerFields(version, experiment.version)] : [];
  return success(experiment, [...findings.warnings, ...later, ...findUnused(experiment)]);
}

/**
 * The warning about a document with settings of a newer version than it states. It is read all the same, because its
 * settings are unambiguous.
 */
function newerFields(version: number, needed: number): Problem {
  const message = `version is ${version}, and the document has settings of version ${needed}; they are taken, and it is written as version ${needed}`;
  return problem('fields-of-newer-version', 'version', message, { version, needed });
}

/** The document as text. parseExperiment reads the same document back, and writing that gives the same text. */
export function writeExperiment(experiment: ExperimentDocument): string {
  const { initialWeights } = experiment;
  return writeJson({ ...experiment, initialWeights: initialWeights && shortestWeights(initialWeights) });
}

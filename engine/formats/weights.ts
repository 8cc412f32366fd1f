import { checkUnknownRule } from '../data/check-dataset.ts';
import { findImpossibleTokens, findUnusedOfModel } from '../data/check-unused.ts';
import { laterFields, onlyUsed, weightsVersion } from '../data/later-fields.ts';
import { failure, type Problem, problem, quote, type Result, success } from '../errors.ts';
import { checkWeights, type StateDict } from '../model/check-weights.ts';
import type { SequenceDataset, SequenceExperiment, TokenUnit, WeightsJson } from '../model/experiment.ts';
import { checkModel, type ModelSpec, parameterShapes } from '../model/spec.ts';
import { readModel } from './experiment-settings.ts';
import { Fields, Findings, isObject } from './fields.ts';
import { shortestNumber } from './float32.ts';
import { checkHeader } from './header.ts';
import { parseJson } from './parse-json.ts';
import { readWeightsMap, shortestWeights } from './weights-map.ts';
import { writeJson } from './write-json.ts';

/** How the weights were trained; null where that is unknown. */
export interface TrainedBy {
  epochs: number;
  /** The last epoch's loss, from the forward passes before its updates. */
  loss: number | null;
  seed: number;
}

/** A weights file: weights with everything needed to use them. It can be used as a `TrainedModel`. */
export interface WeightsDocument {
  format: 'ohlol/weights';
  /** 2 where `model` or `unknown` uses a field that version 1 lacks (engine/data/later-fields.ts). */
  version: 1 | 2;
  model: ModelSpec;
  tokens: TokenUnit;
  vocabulary: string[];
  targetVocabulary: string[];
  task: SequenceDataset['task'];
  /** As in the experiment; absent: `refuse`. */
  unknown?: 'refuse' | '<unk>';
  trained: TrainedBy | null;
  weights: WeightsJson;
}

/** A document of Ohlol, or a bare state dict, of which only keys, shapes and numbers are known. */
export type WeightsFile =
  | { kind: 'document'; document: WeightsDocument }
  | { kind: 'map'; weights: WeightsJson };

export function weightsDocument(
  { dataset, model }: SequenceExperiment,
  weights: WeightsJson,
  trained: TrainedBy | null,
): WeightsDocument {
  const { tokens, vocabulary, targetVocabulary, task } = dataset;
  const unknown = onlyUsed('dataset', { unknown: dataset.unknown });
  const loss =
    trained && trained.loss !== null && Number.isFinite(trained.loss) ? shortestNumber(trained.loss) : null;
  return {
    format: 'ohlol/weights',
    version: weightsVersion({ model, ...unknown }),
    model,
    tokens,
    vocabulary,
    targetVocabulary,
    task,
    ...unknown,
    trained: trained && { ...trained, loss },
    weights,
  };
}

/**
 * Reads weights (docs/formats.md). A document of Ohlol is checked against its own model. A plain map `{key: {shape,
 * data}}` or `{key: nested lists}`, such as `{k: v.tolist() for k, v in model.state_dict().items()}`, is still to be
 * checked with `checkWeights` (engine/model) against the model that it is meant for. Numbers are finite float32.
 */
export function parseWeights(text: string): Result<WeightsFile> {
  const parsed = parseJson(text, 'the weights file');
  return parsed.ok ? checkWeightsValue(parsed.value) : parsed;
}

/** Reads a document or a map that is already parsed. */
export function checkWeightsValue(value: unknown): Result<WeightsFile> {
  return isObject(value) && !isTagged(value) ? checkMap(value) : checkWeightsDocument(value);
}

/** Whether the value states a format, as documents of Ohlol do. PyTorch's keys are dotted and hold numbers. */
function isTagged(value: Record<string, unknown>): boolean {
  return typeof value.format === 'string';
}

function checkMap(value: Record<string, unknown>): Result<WeightsFile> {
  const findings = new Findings();
  const weights = readWeightsMap(value, '', findings);
  if (Object.keys(value).length === 0) {
    return failure(problem('no-weights', '', 'the weights file has no tensors; a state dict has at least 1'));
  }
  return findings.clean ? success({ kind: 'map', weights }) : failure(...findings.problems);
}

/** The newest version of a weights file that is read. */
const newestWeights = 2;

/** A weights document whose tensors are not held as lists of numbers. */
export type DocumentOf<Tensors> = Omit<WeightsDocument, 'weights'> & { weights: Tensors };

/** Checks a weights document that is already parsed. */
export function checkWeightsDocument(value: unknown): Result<WeightsFile> {
  const read = readDocument(value, (given, findings) => readWeightsMap(given, 'weights', findings));
  return read.ok ? success({ kind: 'document', document: read.value }, read.warnings) : read;
}

/** Checks a weights document whose tensors have been read, and their numbers checked, before. */
export function checkWeightsOf<Tensors extends StateDict>(
  value: unknown,
  weights: Tensors,
): Result<DocumentOf<Tensors>> {
  return readDocument(value, () => weights);
}

function readDocument<Tensors extends StateDict>(
  value: unknown,
  readTensors: (given: unknown, findings: Findings) => Tensors,
): Result<DocumentOf<Tensors>> {
  const header = checkHeader(value, 'ohlol/weights', 'a weights file', newestWeights);
  if (header) return failure(header);
  const findings = new Findings();
  const fields = Fields.of(value, '', findings)!;
  fields.take('format');
  fields.take('version');
  const model = readModel(fields, findings);
  const tokens = fields.choice('tokens', ['characters', 'spaces'], 'characters');
  const vocabulary = fields.texts('vocabulary');
  const unknown = fields.choice('unknown', ['refuse', '<unk>'], laterFields.dataset.unknown);
  const document: DocumentOf<Tensors> = {
    format: 'ohlol/weights',
    version: weightsVersion({ model, unknown }),
    model,
    tokens,
    vocabulary,
    targetVocabulary: fields.has('targetVocabulary') ? fields.texts('targetVocabulary') : vocabulary,
    task: fields.choice('task', ['mapping', 'label', 'language-model']),
    ...onlyUsed('dataset', { unknown }),
    trained: readTrained(fields),
    weights: readTensors(fields.take('weights'), findings),
    ...fields.unknown(),
  };
  if (findings.clean) checkSense(document, findings);
  if (!findings.clean) return failure(...findings.problems);
  const unused = [...findUnusedOfModel(model), ...findImpossibleTokens(document, document.task)];
  return success(document, [...findings.warnings, ...unused]);
}

function readTrained(document: Fields): TrainedBy | null {
  const fields = document.child('trained');
  if (fields === null) return null;
  return {
    epochs: fields.number('epochs'),
    loss: fields.numberOrNull('loss'),
    seed: fields.number('seed', 0),
    ...fields.unknown(),
  };
}

function checkSense(document: DocumentOf<StateDict>, findings: Findings): void {
  const { model, vocabulary, targetVocabulary, weights } = document;
  for (const name of ['vocabulary', 'targetVocabulary'] as const) {
    if (document[name].length === 0) {
      findings.add(problem('empty-vocabulary', name, `${name} has no tokens; it needs at least 1`));
    } else findings.add(...findTwice(document[name], name));
  }
  findings.add(...checkUnknownRule(document, ''));
  const sizes = { inputSize: vocabulary.length, outputSize: targetVocabulary.length };
  findings.add(...checkModel(model, sizes));
  if (!findings.clean) return;
  findings.add(...checkWeights({ part: 'whole', weights }, parameterShapes(model, sizes), 'weights'));
}

function findTwice(tokens: readonly string[], name: string): Problem[] {
  const places = new Map<string, number>();
  for (const [index, token] of tokens.entries()) {
    const first = places.get(token);
    if (first !== undefined) {
      const message = `${name}[${index}] is ${quote(token)}, as ${name}[${first}] is; each token appears once`;
      return [problem('duplicate-token', `${name}[${index}]`, message, { token, index, first })];
    }
    places.set(token, index);
  }
  return [];
}

/** The document as text; reading it and writing it again gives the same text. */
export function writeWeights(document: WeightsDocument): string {
  return writeJson({ ...document, weights: shortestWeights(document.weights) });
}

/** What the reader does with a file: pure, but for reading it. */
import type { Draft } from '../../engine/data/draft.ts';
import { experimentToDraft } from '../../engine/data/draft-experiment.ts';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import { decodeText } from '../../engine/formats/decode-text.ts';
import { parseExperiment } from '../../engine/formats/experiment.ts';
import { readSafetensors } from '../../engine/formats/safetensors.ts';
import { fileKindNames, sniff } from '../../engine/formats/sniff.ts';
import { parseWeights, type WeightsFile } from '../../engine/formats/weights.ts';
import type { ExperimentDocument, WeightsJson } from '../../engine/model/experiment.ts';
import type { FileSource, FileSummary } from '../api.ts';
import { type Contents, readSource } from './read-source.ts';

/** What each job is asked, and what it gives; plain data and bytes both ways. */
export interface ReadJobs {
  /** What a file is. */
  summary: FileSummary;
  /** A file's weights, to be checked against the model that they are meant for. */
  weights: { name: string; tensors: PackedTensor[] };
  /** The draft that edits a file's experiment. */
  draft: Draft;
}

export interface ReadJob<Kind extends keyof ReadJobs = keyof ReadJobs> {
  kind: Kind;
  source: FileSource;
}

/** A tensor on its way between threads. */
export interface PackedTensor {
  key: string;
  shape: number[];
  data: Float32Array;
}

const jobs: { [Kind in keyof ReadJobs]: (contents: Contents) => Result<ReadJobs[Kind]> } = {
  summary: readSummary,
  weights(contents) {
    const file = readWeights(contents);
    return file.ok
      ? success({ name: contents.name, tensors: pack(weightsOf(file.value)) }, file.warnings)
      : file;
  },
  draft(contents) {
    const experiment = readExperiment(contents);
    return experiment.ok ? success(experimentToDraft(experiment.value), experiment.warnings) : experiment;
  },
};

export function doReadJob<Kind extends keyof ReadJobs>({
  kind,
  source,
}: ReadJob<Kind>): Result<ReadJobs[Kind]> {
  const contents = readSource(source);
  return contents.ok ? jobs[kind](contents.value) : contents;
}

function readExperiment({ bytes }: Contents): Result<ExperimentDocument> {
  const text = decodeText(bytes, 'the experiment');
  return text.ok ? parseExperiment(text.value) : text;
}

function readSummary(contents: Contents): Result<FileSummary> {
  const { name, bytes } = contents;
  if (sniff(bytes) === 'experiment') {
    const experiment = readExperiment(contents);
    if (!experiment.ok) return experiment;
    return success({ kind: 'experiment', name, experiment: experiment.value }, experiment.warnings);
  }
  const weights = readWeights(contents);
  return weights.ok ? success(summarise(name, weights.value), weights.warnings) : weights;
}

function readWeights({ name, bytes }: Contents): Result<WeightsFile> {
  const kind = sniff(bytes);
  switch (kind) {
    case 'safetensors':
      return readSafetensors(bytes);
    case 'weights':
    case 'weights-map':
    // JSON that is cut off, and what is no text: their readers say where, and what it is instead.
    case 'json':
    case 'not-utf-8':
    case 'pytorch-checkpoint': {
      const text = decodeText(bytes, 'the weights file');
      return text.ok ? parseWeights(text.value) : text;
    }
    default: {
      const message = `${name}: it is ${fileKindNames[kind]}; weights are JSON or safetensors`;
      return failure(problem('not-weights', '', message, { name, kind }));
    }
  }
}

function weightsOf(file: WeightsFile): WeightsJson {
  return file.kind === 'document' ? file.document.weights : file.weights;
}

function summarise(name: string, file: WeightsFile): FileSummary {
  const tensors = Object.entries(weightsOf(file)).map(([key, { shape }]) => ({ key, shape }));
  return {
    kind: 'weights',
    name,
    tensors,
    parameterCount: tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    vocabulary: file.kind === 'document' ? file.document.vocabulary : null,
    trained: file.kind === 'document' ? file.document.trained : null,
  };
}

/** Numbers of weights are float32 already. */
function pack(weights: WeightsJson): PackedTensor[] {
  return Object.entries(weights).map(([key, { shape, data }]) => ({
    key,
    shape,
    data: Float32Array.from(data),
  }));
}

export function unpack(tensors: readonly PackedTensor[]): WeightsJson {
  return Object.fromEntries(tensors.map(({ key, shape, data }) => [key, { shape, data: Array.from(data) }]));
}

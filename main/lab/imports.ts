/** Files that come in: what they are, and their weights for the draft. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { dataSizes } from '../../engine/data/check-experiment.ts';
import { checkWeightShapes } from '../../engine/data/check-weights.ts';
import type { Draft, DraftEdit } from '../../engine/data/draft.ts';
import { draftToExperiment } from '../../engine/data/draft-experiment.ts';
import { failure, type Problem, problem, type Result, success } from '../../engine/errors.ts';
import { parseExperiment } from '../../engine/formats/experiment.ts';
import { readSafetensors } from '../../engine/formats/safetensors.ts';
import { sniff } from '../../engine/formats/sniff.ts';
import { parseWeights, type WeightsFile } from '../../engine/formats/weights.ts';
import type { WeightsJson } from '../../engine/model/experiment.ts';
import type { EditLabel, FileSource, FileSummary } from '../api.ts';

/** Four times the largest weights file that a model within the limits can have as text. */
const largestFileBytes = 1024 * 1024 * 1024;

interface Contents {
  name: string;
  bytes: Uint8Array;
}

async function readContents(source: FileSource): Promise<Result<Contents>> {
  if (source.kind === 'contents') {
    return success({ name: source.fileName, bytes: new TextEncoder().encode(source.text) });
  }
  const { path } = source;
  try {
    const { size } = await stat(path);
    if (size > largestFileBytes) {
      const message = `${path}: it has ${size} bytes; files up to ${largestFileBytes} are read`;
      return failure(problem('file-too-large', '', message, { path, bytes: size, most: largestFileBytes }));
    }
    return success({ name: basename(path), bytes: await readFile(path) });
  } catch (error) {
    const reason = (error as Error).message;
    return failure(
      problem('file-unreadable', '', `${path}: it cannot be read (${reason})`, { path, reason }),
    );
  }
}

/** Says what a file is; changes nothing. */
export async function readFileSummary(source: FileSource): Promise<Result<FileSummary>> {
  const contents = await readContents(source);
  if (!contents.ok) return contents;
  const { name, bytes } = contents.value;
  if (sniff(bytes) === 'experiment') {
    const experiment = parseExperiment(new TextDecoder().decode(bytes));
    if (!experiment.ok) return experiment;
    return success({ kind: 'experiment', name, experiment: experiment.value }, experiment.warnings);
  }
  const weights = readWeights(contents.value);
  return weights.ok ? success(summarise(name, weights.value), weights.warnings) : weights;
}

function readWeights({ name, bytes }: Contents): Result<WeightsFile> {
  const kind = sniff(bytes);
  switch (kind) {
    case 'weights':
    case 'weights-map':
    // JSON that is cut off: its reader says where.
    case 'json':
      return parseWeights(new TextDecoder().decode(bytes));
    case 'safetensors':
      return readSafetensors(bytes);
    default: {
      const message = `${name}: it is ${names[kind] ?? 'no file that the lab knows'}; weights are JSON or safetensors`;
      return failure(problem('not-weights', '', message, { name, kind }));
    }
  }
}

const names: Partial<Record<ReturnType<typeof sniff>, string>> = {
  project: 'an Ohlol project',
  experiment: 'an experiment',
  result: 'the result of a training',
  'pytorch-checkpoint': 'a PyTorch checkpoint, which only PyTorch opens',
  onnx: 'an ONNX model',
  text: 'plain text',
  empty: 'empty',
};

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

/** The edit that makes a file's weights the draft's initial weights, if they fit the draft's model. */
export async function weightsEdit(
  draft: Draft,
  source: FileSource,
): Promise<Result<{ edit: DraftEdit; label: EditLabel }>> {
  const contents = await readContents(source);
  if (!contents.ok) return contents;
  const file = readWeights(contents.value);
  if (!file.ok) return file;
  const weights = weightsOf(file.value);
  const misfits = weightMisfits(draft, weights);
  if (misfits.length > 0) return failure(...misfits);
  return success({
    edit: { kind: 'initialWeights', weights },
    label: { key: 'edit_initial_weights_imported', values: { name: contents.value.name } },
  });
}

function weightMisfits(draft: Draft, weights: WeightsJson): Problem[] {
  const experiment = draftToExperiment({ ...draft, initialWeights: null });
  if (!experiment.ok) return experiment.problems;
  return checkWeightShapes(weights, draft.model, dataSizes(experiment.value), 'weights');
}

/** The reader's jobs. They are pure, except that they read files. */
import { type Draft, emptyDraft } from '../../engine/data/draft.ts';
import { draftWarnings, experimentToDraft } from '../../engine/data/draft-experiment.ts';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import { binaryKind } from '../../engine/formats/binary-kinds.ts';
import { decodeText } from '../../engine/formats/decode-text.ts';
import { checkExperiment } from '../../engine/formats/experiment.ts';
import type { ImportChoices } from '../../engine/formats/importing/choices.ts';
import { packRows } from '../../engine/formats/importing/packed-rows.ts';
import { type ImportMemory, type ImportPlan, planImport } from '../../engine/formats/importing/plan.ts';
import { type ImportPreview, previewImport } from '../../engine/formats/importing/preview.ts';
import { parseJson } from '../../engine/formats/parse-json.ts';
import { readSafetensors } from '../../engine/formats/safetensors.ts';
import { type FileKind, fileKindNames, looksLikeJson, sniffValue } from '../../engine/formats/sniff.ts';
import { checkWeightsValue, type WeightsFile } from '../../engine/formats/weights.ts';
import type { ExperimentDocument, WeightsJson } from '../../engine/model/experiment.ts';
import type { FileSource, FileSummary } from '../api.ts';
import { type Contents, readSource } from './read-source.ts';

/** The result of each job: plain data and bytes. */
export interface ReadJobs {
  /** A description of a file. */
  summary: FileSummary;
  /** A file's weights, which the caller checks against a model. */
  weights: { name: string; tensors: PackedTensor[] };
  /** A file's experiment as a draft. */
  draft: Draft;
  /** A preview of rows or a text read by these choices, and of what they would do to this draft. */
  'import-preview': ImportPreview;
  /** The rows or the text themselves, to be applied to a draft. */
  import: Pick<ImportPlan, 'fileName' | 'revision' | 'choices'> & {
    /** Rows packed by `packRows`. */
    content: { kind: 'rows'; rows: Uint8Array<ArrayBuffer> } | { kind: 'text'; text: string };
  };
}

export interface ReadJob<Kind extends keyof ReadJobs = keyof ReadJobs> {
  kind: Kind;
  source: FileSource;
  /** For an import. */
  choices?: ImportChoices;
  draft?: Draft;
}

/** A tensor as it is sent between threads. */
export interface PackedTensor {
  key: string;
  shape: number[];
  data: Float32Array;
}

type Tell = (fraction: number) => void;

const jobs: {
  [Kind in keyof ReadJobs]: (
    contents: Contents,
    job: ReadJob<Kind>,
    tell: Tell,
    memory: ImportMemory,
  ) => Result<ReadJobs[Kind]>;
} = {
  summary: readSummary,
  weights(contents) {
    const file = readWeights(contents);
    return file.ok
      ? success({ name: contents.name, tensors: pack(weightsOf(file.value)) }, file.warnings)
      : file;
  },
  'import-preview'(contents, { choices, draft }, tell, memory) {
    const plan = finishPlan(contents, choices, (fraction) => tell(0.8 * fraction), memory);
    return plan.ok ? success(previewImport(draft ?? emptyDraft(), plan.value)) : plan;
  },
  import(contents, { choices }, tell, memory) {
    const plan = finishPlan(contents, choices, tell, memory);
    if (!plan.ok) return plan;
    const { fileName, revision, content } = plan.value;
    const packed = content.kind === 'text' ? content : { kind: content.kind, rows: packRows(content.rows) };
    return success({ fileName, revision, choices: plan.value.choices, content: packed });
  },
  draft(contents) {
    const experiment = readExperiment(contents);
    if (!experiment.ok) return experiment;
    const { value, warnings } = experiment;
    return success(experimentToDraft(value), draftWarnings(value, warnings));
  },
};

/**
 * Does one job. `tell` gets its progress, 0 … 1, if that is known. `memory` holds what is known of the file last
 * previewed for an import; every other kind of job clears it.
 */
export function doReadJob<Kind extends keyof ReadJobs>(
  job: ReadJob<Kind>,
  tell: Tell = () => {},
  memory: ImportMemory = {},
): Result<ReadJobs[Kind]> {
  const contents = readSource(job.source);
  const result = contents.ok ? jobs[job.kind](contents.value, job, tell, memory) : contents;
  if (job.kind !== 'import-preview') delete memory.file;
  return result;
}

function finishPlan(
  contents: Contents,
  choices: ImportChoices | undefined,
  tell: Tell,
  memory: ImportMemory,
): Result<ImportPlan> {
  const work = planImport(contents, choices, memory);
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    tell(step.value);
  }
}

/** A file after it was opened, once: JSON of a hundred megabytes must not be parsed for each question. */
type Opened = { kind: 'safetensors' } | { kind: 'json'; value: unknown } | { kind: 'other'; is: FileKind };

function open({ bytes }: Contents): Result<Opened> {
  const is = binaryKind(bytes);
  if (is === 'safetensors') return success({ kind: 'safetensors' });
  // For a PyTorch checkpoint or bytes that are not text, the decoder says what they are and what to do.
  if (is !== null && is !== 'pytorch-checkpoint') return success({ kind: 'other', is });
  const text = decodeText(bytes, 'the file');
  if (!text.ok) return text;
  if (text.value === '' || !looksLikeJson(text.value))
    return success({ kind: 'other', is: text.value === '' ? 'empty' : 'text' });
  const parsed = parseJson(text.value, 'the file');
  return parsed.ok ? success({ kind: 'json', value: parsed.value }) : parsed;
}

function readExperiment(contents: Contents): Result<ExperimentDocument> {
  const { name } = contents;
  const opened = open(contents);
  if (!opened.ok) return opened;
  if (opened.value.kind === 'json') return checkExperiment(opened.value.value);
  const kind = opened.value.kind === 'other' ? opened.value.is : 'safetensors';
  const message = `${name}: it is ${fileKindNames[kind]}; an experiment is JSON`;
  return failure(problem('not-experiment', '', message, { name, kind }));
}

function readSummary(contents: Contents): Result<FileSummary> {
  const { name } = contents;
  const opened = open(contents);
  if (!opened.ok) return opened;
  if (opened.value.kind === 'json' && sniffValue(opened.value.value) === 'experiment') {
    const experiment = checkExperiment(opened.value.value);
    if (!experiment.ok) return experiment;
    return success({ kind: 'experiment', name, experiment: experiment.value }, experiment.warnings);
  }
  const weights = weightsIn(contents, opened.value);
  return weights.ok ? success(summarise(name, weights.value), weights.warnings) : weights;
}

function readWeights(contents: Contents): Result<WeightsFile> {
  const opened = open(contents);
  return opened.ok ? weightsIn(contents, opened.value) : opened;
}

function weightsIn({ name, bytes }: Contents, opened: Opened): Result<WeightsFile> {
  if (opened.kind === 'safetensors') return readSafetensors(bytes);
  const kind = opened.kind === 'other' ? opened.is : sniffValue(opened.value);
  if (opened.kind === 'json' && ['weights', 'weights-map', 'json'].includes(kind)) {
    return checkWeightsValue(opened.value);
  }
  const message = `${name}: it is ${fileKindNames[kind]}; weights are JSON or safetensors`;
  return failure(problem('not-weights', '', message, { name, kind }));
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

/** Packs weights, whose numbers are float32 already. */
function pack(weights: WeightsJson): PackedTensor[] {
  return Object.entries(weights).map(([key, { shape, data }]) => ({
    key,
    shape,
    data: Float32Array.from(data),
  }));
}

/** Buffers of a job's result, which are transferred because the reader no longer needs them. */
export function buffersOf(result: Result<ReadJobs[keyof ReadJobs]>): ArrayBuffer[] {
  if (!result.ok) return [];
  const { value } = result;
  if ('content' in value) return value.content.kind === 'rows' ? [value.content.rows.buffer] : [];
  if (!('tensors' in value) || 'kind' in value) return [];
  return value.tensors.map(({ data }) => data.buffer as ArrayBuffer);
}

/** Packed tensors as weights. */
export function unpack(tensors: readonly PackedTensor[]): WeightsJson {
  return Object.fromEntries(tensors.map(({ key, shape, data }) => [key, { shape, data: Array.from(data) }]));
}

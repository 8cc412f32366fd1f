/** What the reader does with a file: pure, but for reading it. */
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

/** What each job is asked, and what it gives; plain data and bytes both ways. */
export interface ReadJobs {
  /** What a file is. */
  summary: FileSummary;
  /** A file's weights, to be checked against the model that they are meant for. */
  weights: { name: string; tensors: PackedTensor[] };
  /** The draft that edits a file's experiment. */
  draft: Draft;
  /** Rows or a text, by these choices, and what they would do to this draft. */
  'import-preview': ImportPreview;
  /** The same, to be taken into a draft. */
  import: Pick<ImportPlan, 'fileName' | 'revision' | 'choices'> & {
    /** Rows as `packRows` has packed them. */
    content: { kind: 'rows'; rows: Uint8Array<ArrayBuffer> } | { kind: 'text'; text: string };
  };
}

export interface ReadJob<Kind extends keyof ReadJobs = keyof ReadJobs> {
  kind: Kind;
  source: FileSource;
  /** Of an import. */
  choices?: ImportChoices;
  draft?: Draft;
}

/** A tensor on its way between threads. */
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
 * `tell`: how far it is, 0 … 1, where that can be told. `memory`: what is known of the file that was looked at last for
 * an import; left empty by every job that does not look at one.
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

/** A file as it is opened, once: JSON of a hundred megabytes is not parsed for each question. */
type Opened = { kind: 'safetensors' } | { kind: 'json'; value: unknown } | { kind: 'other'; is: FileKind };

function open({ bytes }: Contents): Result<Opened> {
  const is = binaryKind(bytes);
  if (is === 'safetensors') return success({ kind: 'safetensors' });
  // A PyTorch checkpoint and what is no text: the decoder says what they are, and what to do.
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

/** Numbers of weights are float32 already. */
function pack(weights: WeightsJson): PackedTensor[] {
  return Object.entries(weights).map(([key, { shape, data }]) => ({
    key,
    shape,
    data: Float32Array.from(data),
  }));
}

/** Buffers of a job's result that the reader needs no more: they change hands. */
export function buffersOf(result: Result<ReadJobs[keyof ReadJobs]>): ArrayBuffer[] {
  if (!result.ok) return [];
  const { value } = result;
  if ('content' in value) return value.content.kind === 'rows' ? [value.content.rows.buffer] : [];
  if (!('tensors' in value) || 'kind' in value) return [];
  return value.tensors.map(({ data }) => data.buffer as ArrayBuffer);
}

export function unpack(tensors: readonly PackedTensor[]): WeightsJson {
  return Object.fromEntries(tensors.map(({ key, shape, data }) => [key, { shape, data: Array.from(data) }]));
}

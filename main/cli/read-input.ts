import { lstatSync } from 'node:fs';
import { decodeText } from '../../engine/formats/decode-text.ts';
import { checkExperiment } from '../../engine/formats/experiment.ts';
import { parseJson } from '../../engine/formats/parse-json.ts';
import { type CheckedResult, checkResult } from '../../engine/formats/result.ts';
import { readSafetensors } from '../../engine/formats/safetensors.ts';
import { type FileKind, fileKindNames, type Sniffed, sniff, sniffOnce } from '../../engine/formats/sniff.ts';
import { checkWeightsValue, type WeightsFile, weightsDocument } from '../../engine/formats/weights.ts';
import { type TrainedModel, trainedModel } from '../../engine/inspect/trained.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import { findTemplate, templateNames } from '../../engine/templates/templates.ts';
import { readFileWithin, readHead } from '../files.ts';
import { fileLimitBytes } from '../reader/read-source.ts';
import { refuse, unwrap } from './refusal.ts';

export interface InputFile {
  path: string;
  bytes: Uint8Array;
  kind: FileKind;
  /** `an experiment` */
  kindName: string;
  text: Sniffed['text'];
  json: Sniffed['json'];
}

/**
 * Reads a file and determines its kind; a project's bytes are not read. `what` names the file in sentences. Throws a
 * Refusal.
 */
export async function readInput(path: string, what = 'the file'): Promise<InputFile> {
  if (await isProjectFile(path)) {
    const kindName = fileKindNames.project;
    return { path, bytes: new Uint8Array(), kind: 'project', kindName, text: null, json: null };
  }
  const bytes = unwrap(await readFileWithin(path, fileLimitBytes), path);
  const sniffed = sniffOnce(bytes, what);
  return { path, bytes, kindName: fileKindNames[sniffed.kind], ...sniffed };
}

/** Whether a path holds a project, which SQLite reads itself, however large it is. */
export async function isProjectFile(path: string): Promise<boolean> {
  const head = await readHead(path, 100);
  return head !== null && sniff(head) === 'project';
}

/** The file's text. Throws a Refusal if it is not UTF-8. */
export function textOf({ path, bytes, text }: InputFile): string {
  return unwrap(text ?? decodeText(bytes, 'the file'), path);
}

/** The file's parsed JSON. Throws a Refusal that says what the file is instead. */
export function documentIn(file: InputFile): unknown {
  if (file.json !== null) return unwrap(file.json, file.path);
  return unwrap(parseJson(textOf(file), 'the file'), file.path);
}

/** Returns a template by its name, or reads an experiment by its path. Throws a Refusal. */
export async function readExperiment(nameOrPath: string): Promise<ExperimentDocument> {
  const template = findTemplate(nameOrPath);
  if (template) return template;
  const file = await readInputOrTemplateHint(nameOrPath);
  if (file.kind === 'project') {
    throw refuse(
      'another-format',
      `${nameOrPath} is an Ohlol project; ohlol export ${nameOrPath} --to experiment --out FILE gives its experiment`,
    );
  }
  if (mayBeDocument(file.kind)) return unwrap(checkExperiment(documentIn(file)), nameOrPath);
  throw refuse('another-format', `${nameOrPath} is ${file.kindName}; an experiment is needed`);
}

/** Whether to parse a file of this kind: JSON of any kind, and files whose decoder must report what they are. */
function mayBeDocument(kind: FileKind): boolean {
  return kind === 'json' || kind === 'experiment' || kind === 'not-utf-8';
}

/** The path that a command reads, with its name in sentences; none if it names a template. */
export function inputsOf(nameOrPath: string, what: string): { path: string; what: string }[] {
  return findTemplate(nameOrPath) ? [] : [{ path: nameOrPath, what }];
}

async function readInputOrTemplateHint(nameOrPath: string): Promise<InputFile> {
  // A word without dot and slash that is not a file was meant as a template's name.
  if (/^[\w-]+$/.test(nameOrPath) && !isThere(nameOrPath)) {
    const message = `${nameOrPath} is neither a file nor a template; the templates are ${templateNames.join(', ')}`;
    throw refuse('no-template', message);
  }
  return readInput(nameOrPath, 'the experiment');
}

/** Whether something exists at the path. A broken link counts; whoever reads it reports where it leads. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The experiment with settings changed, and checked again. Throws a Refusal. */
export function withSettings(
  experiment: ExperimentDocument,
  { epochs, seed }: { epochs: number | null; seed: number | null },
): ExperimentDocument {
  const { training } = experiment;
  const changed = { ...training, epochs: epochs ?? training.epochs, seed: seed ?? training.seed };
  const checked = checkExperiment({ ...experiment, training: changed });
  // Its warnings were reported when it was read.
  return checked.ok ? checked.value : unwrap(checked, 'arguments');
}

/** Reads a weights document (JSON or safetensors) or a bare state dict. Throws a Refusal. */
export function readWeights(file: InputFile): WeightsFile {
  const { path } = file;
  switch (file.kind) {
    case 'safetensors':
      return unwrap(readSafetensors(file.bytes), path);
    case 'weights':
    case 'weights-map':
    case 'json':
    // For these kinds, the decoder reports what the file is instead.
    case 'not-utf-8':
    case 'pytorch-checkpoint':
      return unwrap(checkWeightsValue(documentIn(file)), path);
    default:
      throw refuse('another-format', `${path} is ${file.kindName}; weights are needed`);
  }
}

/** The result that a file holds. Throws a Refusal if it holds none. */
export function readResult(file: InputFile): CheckedResult {
  return unwrap(checkResult(documentIn(file)), file.path);
}

/** Reads weights as `readWeights` does, or the trained weights of a result. */
export function readTrainedOrMap(file: InputFile): WeightsFile {
  if (file.kind !== 'result') return readWeights(file);
  const { experiment, weights } = readResult(file);
  return { kind: 'document', document: weightsDocument(experiment, weights, null) };
}

/**
 * Reads weights that can be used without an experiment: a weights document, or the result of a run. Throws a Refusal.
 */
export async function readTrained(path: string): Promise<TrainedModel> {
  const weights = readTrainedOrMap(await readInput(path));
  if (weights.kind === 'document') return trainedModel(weights.document);
  throw refuse(
    'no-vocabulary',
    `${path} is a bare state dict, which says neither cell nor vocabulary; ohlol train EXPERIMENT --initial-weights ${path} starts from it, and so does an experiment that holds it as its initialWeights`,
  );
}

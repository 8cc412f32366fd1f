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

/** `what` is how a sentence calls what is looked for in it. */
export async function readInput(path: string, what = 'the file'): Promise<InputFile> {
  if (await isProjectFile(path)) {
    const kindName = fileKindNames.project;
    return { path, bytes: new Uint8Array(), kind: 'project', kindName, text: null, json: null };
  }
  const bytes = unwrap(await readFileWithin(path, fileLimitBytes), path);
  const sniffed = sniffOnce(bytes, what);
  return { path, bytes, kindName: fileKindNames[sniffed.kind], ...sniffed };
}

/** Whether there is a project at the path; SQLite reads it by itself, however large it is. */
export async function isProjectFile(path: string): Promise<boolean> {
  const head = await readHead(path, 100);
  return head !== null && sniff(head) === 'project';
}

export function textOf({ path, bytes, text }: InputFile): string {
  return unwrap(text ?? decodeText(bytes, 'the file'), path);
}

/** What its JSON says, or a Refusal that says what it is instead. */
export function documentIn(file: InputFile): unknown {
  if (file.json !== null) return unwrap(file.json, file.path);
  return unwrap(parseJson(textOf(file), 'the file'), file.path);
}

/** A template by its name, or an experiment by its path. */
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

/** JSON of any kind, and what only its decoder can say what it is instead. */
function mayBeDocument(kind: FileKind): boolean {
  return kind === 'json' || kind === 'experiment' || kind === 'not-utf-8';
}

/** A path that is read, by what a sentence calls it; none where a template is meant. */
export function inputsOf(nameOrPath: string, what: string): { path: string; what: string }[] {
  return findTemplate(nameOrPath) ? [] : [{ path: nameOrPath, what }];
}

async function readInputOrTemplateHint(nameOrPath: string): Promise<InputFile> {
  // A word without dot or slash that is no file was meant as a template's name.
  if (/^[\w-]+$/.test(nameOrPath) && !isThere(nameOrPath)) {
    const message = `${nameOrPath} is neither a file nor a template; the templates are ${templateNames.join(', ')}`;
    throw refuse('no-template', message);
  }
  return readInput(nameOrPath, 'the experiment');
}

/** A link that leads nowhere is there too, and whoever reads it says where it leads. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The experiment with settings changed, checked again. */
export function withSettings(
  experiment: ExperimentDocument,
  { epochs, seed }: { epochs: number | null; seed: number | null },
): ExperimentDocument {
  const { training } = experiment;
  const changed = { ...training, epochs: epochs ?? training.epochs, seed: seed ?? training.seed };
  const checked = checkExperiment({ ...experiment, training: changed });
  // Its warnings were said when it was read.
  return checked.ok ? checked.value : unwrap(checked, 'arguments');
}

/** A weights document (JSON or safetensors) or a bare state dict. */
export function readWeights(file: InputFile): WeightsFile {
  const { path } = file;
  switch (file.kind) {
    case 'safetensors':
      return unwrap(readSafetensors(file.bytes), path);
    case 'weights':
    case 'weights-map':
    case 'json':
    // Its decoder says what these are instead.
    case 'not-utf-8':
    case 'pytorch-checkpoint':
      return unwrap(checkWeightsValue(documentIn(file)), path);
    default:
      throw refuse('another-format', `${path} is ${file.kindName}; weights are needed`);
  }
}

export function readResult(file: InputFile): CheckedResult {
  return unwrap(checkResult(documentIn(file)), file.path);
}

/** The same, or what a result has trained. */
export function readTrainedOrMap(file: InputFile): WeightsFile {
  if (file.kind !== 'result') return readWeights(file);
  const { experiment, weights } = readResult(file);
  return { kind: 'document', document: weightsDocument(experiment, weights, null) };
}

/** Weights with what is needed to use them: a weights document, or the result of a run. */
export async function readTrained(path: string): Promise<TrainedModel> {
  const weights = readTrainedOrMap(await readInput(path));
  if (weights.kind === 'document') return trainedModel(weights.document);
  throw refuse(
    'no-vocabulary',
    `${path} is a bare state dict, which says neither cell nor vocabulary; ohlol train EXPERIMENT --initial-weights ${path} starts from it, and so does an experiment that holds it as its initialWeights`,
  );
}

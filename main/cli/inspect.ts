import { dataSizes } from '../../engine/data/check-experiment.ts';
import { group } from '../../engine/data/ranges.ts';
import { countTokens } from '../../engine/data/samples.ts';
import type { UnknownRule } from '../../engine/data/vocabulary.ts';
import { checkExperiment } from '../../engine/formats/experiment.ts';
import type { WeightsFile } from '../../engine/formats/weights.ts';
import type { ExperimentDocument, Validation, WeightsJson } from '../../engine/model/experiment.ts';
import { type DataSizes, type ModelSpec, parameterShapes } from '../../engine/model/spec.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import { readRuns } from '../project/run-store.ts';
import type { Command, ParsedArguments } from './arguments.ts';
import { withProject } from './project-source.ts';
import { documentIn, type InputFile, readInput, readResult, readWeights, textOf } from './read-input.ts';
import { refuse, unwrap } from './refusal.ts';
import { printLine } from './terminal.ts';

export const inspectCommand: Command = {
  name: 'inspect',
  operand: 'FILE',
  summary: 'Says what a file is and what is in it: shapes, parameter count, vocabulary, runs.',
  options: [],
  run: inspect,
};

async function inspect({ positional: path }: ParsedArguments): Promise<number> {
  const template = findTemplate(path);
  const lines = template
    ? [`${path}: a template`, ...experimentLines(template)]
    : await fileLines(await readInput(path));
  for (const line of lines) printLine(line);
  return 0;
}

async function fileLines(file: InputFile): Promise<string[]> {
  const head = `${file.path}: ${file.kindName}`;
  switch (file.kind) {
    case 'experiment':
      return [head, ...experimentLines(unwrap(checkExperiment(documentIn(file)), file.path))];
    case 'result': {
      const result = readResult(file);
      const { status, epochCount } = result;
      return [head, `status: ${status} after ${epochCount} epochs`, ...experimentLines(result.experiment)];
    }
    case 'weights':
    case 'weights-map':
    case 'safetensors':
      return [head, ...weightsLines(readWeights(file))];
    case 'project':
      return [head, ...(await projectLines(file.path))];
    case 'text':
      return [head, `characters: ${group(textOf(file).length)}`];
    case 'json':
      // A truncated experiment is JSON too; parsing it reports where it ends.
      documentIn(file);
      throw refuse('another-format', `${file.path} is ${file.kindName}, which ohlol does not read`);
    case 'empty':
    case 'unknown':
    case 'onnx':
      throw refuse('another-format', `${file.path} is ${file.kindName}, which ohlol does not read`);
    default:
      // The decoder reports what the file is instead of text, and what to do.
      textOf(file);
      throw new Error(`${file.path} is ${file.kindName}, and yet text`);
  }
}

function experimentLines(experiment: ExperimentDocument): string[] {
  const { name, dataset, model, training } = experiment;
  return [
    `name: ${name}`,
    ...datasetLines(dataset),
    ...modelLines(model, dataSizes(experiment)),
    dataset.task === 'shapes'
      ? `seed: ${training.seed}`
      : `training: ${training.epochs} epochs, ${training.optimizer.name} lr ${training.optimizer.lr}, loss ${training.loss}, batch size ${training.batchSize}, seed ${training.seed}${training.carryState === false ? ', state not carried' : ''}${training.restoreBest ? ', best weights restored' : ''}`,
  ];
}

function datasetLines(dataset: ExperimentDocument['dataset']): string[] {
  if (dataset.task === 'shapes') {
    const { sequenceLength, batchSize, inputSize, call } = dataset;
    return [`task: shapes, called as a ${call}`, `input: [${sequenceLength}, ${batchSize}, ${inputSize}]`];
  }
  const { samples, validation, text } = dataset;
  const held = heldLine(validation);
  const data =
    text === undefined
      ? `samples: ${samples.length}, validation ${held}`
      : `text: ${group(text.length)} characters${held === '0' ? '' : `, validation ${held}`}`;
  return [`task: ${dataset.task}`, data, ...vocabularyLines(dataset), ...unknownLines(dataset)];
}

function heldLine(validation: Validation): string {
  if (Array.isArray(validation)) return `${validation.length}`;
  if ('text' in validation) return `a text of ${group(validation.text.length)} characters`;
  return `a fraction of ${validation.fraction}`;
}

function unknownLines({ unknown }: { unknown?: UnknownRule }): string[] {
  return unknown === '<unk>' ? ['unknown tokens: read as <unk>'] : [];
}

function vocabularyLines({
  vocabulary,
  targetVocabulary,
}: {
  vocabulary: string[];
  targetVocabulary: string[];
}): string[] {
  const lines = [`vocabulary: ${vocabularyText(vocabulary)}`];
  const same =
    vocabulary.length === targetVocabulary.length &&
    vocabulary.every((token, i) => token === targetVocabulary[i]);
  if (!same) lines.push(`target vocabulary: ${vocabularyText(targetVocabulary)}`);
  return lines;
}

const listedTokens = 60;

function vocabularyText(vocabulary: string[]): string {
  const shown = vocabulary.slice(0, listedTokens).map((token) => JSON.stringify(token).slice(1, -1));
  const more = vocabulary.length - shown.length;
  return `${countTokens(vocabulary.length)}: ${shown.join(' ')}${more > 0 ? ` … and ${more} more` : ''}`;
}

function modelLines(model: ModelSpec, sizes: DataSizes): string[] {
  const parts = [
    model.cell === 'rnn' ? `rnn ${model.nonlinearity}` : model.cell,
    model.embedding === null ? 'one-hot input' : `embedding ${model.embedding}`,
    `hiddenSize ${model.hiddenSize}`,
    `numLayers ${model.numLayers}`,
    ...(model.bidirectional ? ['bidirectional'] : []),
    ...(model.bias ? [] : ['no bias']),
    ...(model.dropout > 0 ? [`dropout ${model.dropout}`] : []),
    `head ${model.head}`,
    ...(model.call === 'cell' ? ['called as a cell'] : []),
  ];
  return [`model: ${parts.join(', ')}`, ...shapeLines(parameterShapes(model, sizes))];
}

function shapeLines(shapes: { key: string; shape: number[] }[]): string[] {
  const sizes = shapes.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const width = Math.max(0, ...shapes.map(({ key }) => key.length));
  return [
    `parameters: ${group(sizes.reduce((sum, size) => sum + size, 0))}`,
    ...shapes.map(({ key, shape }) => `  ${key.padEnd(width)}  [${shape.join(', ')}]`),
  ];
}

function weightsLines(file: WeightsFile): string[] {
  if (file.kind === 'map') return shapeLines(shapesOf(file.weights));
  const { document } = file;
  const { model, task, trained, vocabulary, targetVocabulary } = document;
  const sizes = { inputSize: vocabulary.length, outputSize: targetVocabulary.length };
  const history =
    trained && `trained: ${trained.epochs} epochs, loss ${trained.loss ?? 'unknown'}, seed ${trained.seed}`;
  return [
    `task: ${task}`,
    ...(history ? [history] : []),
    ...vocabularyLines(document),
    ...modelLines(model, sizes),
  ];
}

function shapesOf(weights: WeightsJson): { key: string; shape: number[] }[] {
  return Object.entries(weights).map(([key, { shape }]) => ({ key, shape }));
}

async function projectLines(path: string): Promise<string[]> {
  const runs = await withProject(path, readRuns);
  return [
    `runs: ${runs.length}`,
    ...runs.map(({ id, name, state, progress, epochs, lastLoss }) => {
      const loss = lastLoss === null ? '' : `, loss ${lastLoss}`;
      return `  run ${id}: ${name}, ${state.status}, epoch ${progress.epoch} of ${epochs}${loss}`;
    }),
  ];
}

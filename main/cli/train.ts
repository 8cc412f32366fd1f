import type { EpochRow } from '../../engine/api.ts';
import { isSequenceExperiment } from '../../engine/data/check-experiment.ts';
import { trainingLimits } from '../../engine/data/limits.ts';
import type { Problem } from '../../engine/errors.ts';
import { fixed } from '../../engine/formats/tensor-text.ts';
import { weightsDocument, writeWeights } from '../../engine/formats/weights.ts';
import type { SequenceExperiment, ShapesExperiment } from '../../engine/model/experiment.ts';
import { templateNames } from '../../engine/templates/templates.ts';
import { automaticThreads, mostThreads } from '../engine-process/kernel-threads.ts';
import { type Command, forceOption, type ParsedArguments } from './arguments.ts';
import { withInitialWeights } from './initial-weights.ts';
import { likeExports, likeResults } from './output-kinds.ts';
import { printShapes } from './print-shapes.ts';
import { inputsOf, readExperiment, withSettings } from './read-input.ts';
import { Refusal, refuse } from './refusal.ts';
import { reportEnd, runTraining } from './run-training.ts';
import { printLine, say } from './terminal.ts';
import { checkOutputs, type Output, startResult, writeOutput } from './write-output.ts';

export const trainCommand: Command = {
  name: 'train',
  operand: 'EXPERIMENT',
  summary: "Trains an experiment, by its path or a template's name; prints a line an epoch.",
  options: [
    {
      name: 'out',
      value: 'RESULT.json',
      about: 'the whole run: weights before and after, and every epoch',
      isPath: true,
    },
    { name: 'weights', value: 'W.json', about: 'the trained weights alone', isPath: true },
    {
      name: 'initial-weights',
      value: 'FILE',
      about:
        "what it starts from, instead of the experiment's own: weights as JSON or safetensors, or a result",
      isPath: true,
    },
    { name: 'epochs', value: 'N', about: "instead of the experiment's own" },
    { name: 'seed', value: 'N', about: "instead of the experiment's own" },
    {
      name: 'threads',
      value: 'N',
      about: `1 to ${mostThreads}, for large runs; else all cores (here ${automaticThreads(0)})`,
    },
    { name: 'quiet', value: null, about: 'no line an epoch' },
    forceOption,
  ],
  notes: [['EXPERIMENT', `a path, or ${templateNames.join(', ')}`]],
  run: train,
};

async function train(parsed: ParsedArguments): Promise<number> {
  const place = parsed.positional;
  const epochs = parsed.number('epochs', { whole: true, atLeast: 1, atMost: trainingLimits.epochs });
  const seed = parsed.number('seed', { whole: true, atLeast: 0, atMost: trainingLimits.seed });
  const threads = parsed.number('threads', { whole: true, atLeast: 1, atMost: mostThreads });
  const read = withSettings(await readExperiment(place), { epochs, seed });
  if (!isSequenceExperiment(read)) {
    for (const name of ['out', 'weights', 'initial-weights', 'epochs', 'threads']) {
      if (parsed.text(name) === null) continue;
      throw refuse('arguments', `--${name} is given, but ${place} trains nothing: it shows shapes`);
    }
    return printShapes(read as ShapesExperiment, place);
  }
  const start = parsed.text('initial-weights');
  const experiment = start === null ? read : await withInitialWeights(read, start);
  return trainSequences(experiment, {
    place,
    ...outputsOf(parsed),
    quiet: parsed.flag('quiet'),
    threads,
  });
}

interface TrainOutputs {
  out: Output | null;
  weights: Output | null;
}

/** The outputs, checked before anything is trained. Throws a Refusal. */
function outputsOf(parsed: ParsedArguments): TrainOutputs {
  const inputs = inputsOf(parsed.positional, 'the experiment');
  const start = parsed.text('initial-weights');
  if (start !== null) inputs.push({ path: start, what: 'the initial weights' });
  const kinds = { out: likeResults, weights: likeExports('weights-json') };
  const requests = (['out', 'weights'] as const).flatMap((name) => {
    const path = parsed.text(name);
    return path === null ? [] : [{ option: `--${name}`, path, replaces: kinds[name] }];
  });
  const outputs = checkOutputs(requests, { inputs, force: parsed.flag('force') });
  if (!parsed.flag('quiet') && outputs.some(({ isStandardOutput }) => isStandardOutput)) {
    throw refuse('arguments', 'standard output is where the lines of epochs go too; add --quiet');
  }
  const of = (option: string) => outputs[requests.findIndex((request) => request.option === option)] ?? null;
  return { out: of('--out'), weights: of('--weights') };
}

interface TrainOptions extends TrainOutputs {
  place: string;
  quiet: boolean;
  threads: number | null;
}

async function trainSequences(experiment: SequenceExperiment, options: TrainOptions): Promise<number> {
  const { place, out, weights, quiet, threads } = options;
  // If one output cannot be written, training continues for the other.
  const lost: Problem[] = [];
  const lose = (error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    lost.push(...error.problems);
  };
  const result = out && startResult(out, experiment);
  const addRow = (row: EpochRow) => {
    try {
      result?.add(row);
    } catch (error) {
      if (weights === null) throw error;
      lose(error);
      for (const { message } of lost) say(`${message}; the run goes on for --weights`);
    }
  };
  const onRow = (row: EpochRow) => {
    if (lost.length === 0) addRow(row);
    if (!quiet) printLine(epochLine(row, experiment.training.epochs));
  };
  const run = await runTraining(experiment, {
    place,
    onRow,
    backlog: () => result?.backlog() ?? null,
    threads,
  });
  if (result && lost.length === 0) await result.finish(run).catch(lose);
  if (weights) {
    const trained = { ...run.trainedBy, seed: experiment.training.seed };
    const text = writeWeights(weightsDocument(experiment, run.weights, trained));
    await writeOutput(weights, text).catch(lose);
  }
  const exitCode = reportEnd(run);
  if (lost.length > 0) throw new Refusal(lost);
  return exitCode;
}

const printedPredictions = 8;
const printedCharacters = 120;

/** An epoch's line as the tutorial's loop prints it: `Predicted: ohlol, Epoch [15/20] loss=0.746`. */
function epochLine({ predictions, epoch, loss }: EpochRow, epochs: number): string {
  const more = predictions.length - printedPredictions;
  const shown = predictions
    .slice(0, printedPredictions)
    .map((text) => (text.length > printedCharacters ? `${text.slice(0, printedCharacters)}…` : text));
  const rest = more > 0 ? ` … and ${more} more` : '';
  return `Predicted: ${shown.join(', ')}${rest}, Epoch [${epoch}/${epochs}] loss=${fixed(loss, 3)}`;
}

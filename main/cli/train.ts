import type { EpochRow } from '../../engine/api.ts';
import { isSequenceExperiment } from '../../engine/data/check-experiment.ts';
import { trainingLimits } from '../../engine/data/limits.ts';
import { fixed } from '../../engine/formats/tensor-text.ts';
import { weightsDocument, writeWeights } from '../../engine/formats/weights.ts';
import type { SequenceExperiment, ShapesExperiment } from '../../engine/model/experiment.ts';
import { templateNames } from '../../engine/templates/templates.ts';
import { automaticThreads, mostThreads } from '../engine/kernel-threads.ts';
import { type Command, parseCommand } from './arguments.ts';
import { printShapes } from './print-shapes.ts';
import { readExperiment, withSettings } from './read-input.ts';
import { refuse } from './refusal.ts';
import { reportEnd, runTraining } from './run-training.ts';
import { checkWritable, startResult, writeOutput } from './write-output.ts';

export const trainCommand: Command = {
  name: 'train',
  usage:
    'train EXPERIMENT [--out RESULT.json] [--weights W.json] [--epochs N] [--seed N] [--threads N] [--quiet]',
  summary: "Trains an experiment, by its path or a template's name; prints a line an epoch.",
  options: [
    '--out RESULT.json  the whole run: weights before and after, and every epoch',
    '--weights W.json   the trained weights alone',
    "--epochs N         instead of the experiment's own",
    "--seed N           instead of the experiment's own",
    `--threads N        1 to ${mostThreads}, for large runs; else all cores (here ${automaticThreads(0)})`,
    '--quiet            no line an epoch',
    `EXPERIMENT         a path, or ${templateNames.join(', ')}`,
  ],
  run: train,
};

interface TrainOptions {
  place: string;
  out: string | null;
  weights: string | null;
  quiet: boolean;
  threads: number | null;
}

async function train(args: string[]): Promise<number> {
  const parsed = parseCommand(args, 'EXPERIMENT', {
    out: 'string',
    weights: 'string',
    epochs: 'string',
    seed: 'string',
    threads: 'string',
    quiet: 'boolean',
  });
  const place = parsed.positional;
  const epochs = parsed.number('epochs', { whole: true, atLeast: 1, atMost: trainingLimits.epochs });
  const seed = parsed.number('seed', { whole: true, atLeast: 0, atMost: trainingLimits.seed });
  const experiment = withSettings(await readExperiment(place), { epochs, seed });
  const options = {
    place,
    out: parsed.text('out'),
    weights: parsed.text('weights'),
    quiet: parsed.flag('quiet'),
    threads: parsed.number('threads', { whole: true, atLeast: 1, atMost: mostThreads }),
  };
  if (isSequenceExperiment(experiment)) return trainSequences(experiment, options);
  for (const name of ['out', 'weights', 'epochs', 'threads']) {
    if (parsed.text(name) === null) continue;
    throw refuse('arguments', `--${name} is given, but ${place} trains nothing: it shows shapes`);
  }
  return printShapes(experiment as ShapesExperiment, place);
}

async function trainSequences(experiment: SequenceExperiment, options: TrainOptions): Promise<number> {
  const { place, out, weights, quiet, threads } = options;
  if (weights !== null) await checkWritable(weights);
  const result = out === null ? null : startResult(out, experiment);
  const onRow = (row: EpochRow) => {
    result?.add(row);
    if (!quiet) process.stdout.write(epochLine(row, experiment.training.epochs));
  };
  const run = await runTraining(experiment, place, onRow, threads);
  await result?.finish(run);
  if (weights !== null) {
    const trained = { epochs: run.epochs, loss: run.lastLoss, seed: experiment.training.seed };
    await writeOutput(weights, writeWeights(weightsDocument(experiment, run.weights, trained)));
  }
  return reportEnd(run);
}

const printedPredictions = 8;
const printedCharacters = 120;

/** As the tutorial's loop prints it: `Predicted: ohlol, Epoch [15/20] loss=0.746`. */
function epochLine({ predictions, epoch, loss }: EpochRow, epochs: number): string {
  const more = predictions.length - printedPredictions;
  const shown = predictions
    .slice(0, printedPredictions)
    .map((text) => (text.length > printedCharacters ? `${text.slice(0, printedCharacters)}…` : text));
  const rest = more > 0 ? ` … and ${more} more` : '';
  return `Predicted: ${shown.join(', ')}${rest}, Epoch [${epoch}/${epochs}] loss=${fixed(loss, 3)}\n`;
}

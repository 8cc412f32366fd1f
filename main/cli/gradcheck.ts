import { isSequenceExperiment } from '../../engine/data/check-experiment.ts';
import { trainingLimits } from '../../engine/data/limits.ts';
import { splitTokens } from '../../engine/data/tokens.ts';
import { splitSamples, splitText } from '../../engine/data/validation.ts';
import { weightsDocument } from '../../engine/formats/weights.ts';
import { checkGradients } from '../../engine/inspect/gradient-check.ts';
import { trainedModel } from '../../engine/inspect/trained.ts';
import type { SequenceDataset, SequenceExperiment } from '../../engine/model/experiment.ts';
import type { CheckedTensor, PairQuestion } from '../../engine/questions.ts';
import { templateNames } from '../../engine/templates/templates.ts';
import { createTrainer } from '../../engine/training/trainer.ts';
import type { Command, ParsedArguments } from './arguments.ts';
import { readExperiment, withSettings } from './read-input.ts';
import { refuse, unwrap } from './refusal.ts';
import { printData, say } from './terminal.ts';

export const gradcheckCommand: Command = {
  name: 'gradcheck',
  operand: 'EXPERIMENT',
  summary:
    'Compares numeric with analytic gradients in float64, a line a tensor; exits with 1 where one is wrong.',
  options: [
    { name: 'samples', value: 'N', about: 'how many of the training samples; 3' },
    {
      name: 'entries',
      value: 'N',
      about: 'how many entries of each tensor; else as many as take some seconds',
    },
    { name: 'seed', value: 'N', about: "of the initial weights; instead of the experiment's own" },
  ],
  notes: [['EXPERIMENT', `a path, or ${templateNames.join(', ')}`]],
  run: gradcheck,
};

async function gradcheck(parsed: ParsedArguments): Promise<number> {
  const place = parsed.positional;
  const count = parsed.number('samples', { whole: true, atLeast: 1, atMost: 1000 }) ?? 3;
  const entries = parsed.number('entries', { whole: true, atLeast: 1 }) ?? undefined;
  const seed = parsed.number('seed', { whole: true, atLeast: 0, atMost: trainingLimits.seed });
  const read = withSettings(await readExperiment(place), { epochs: null, seed });
  if (!isSequenceExperiment(read))
    throw refuse('not-trainable', `${place} trains nothing: it shows shapes; there is no gradient to check`);
  const experiment = read as SequenceExperiment;
  const trainer = unwrap(createTrainer(experiment, null), place);
  const weights = trainer.weights();
  trainer.close();
  const trained = trainedModel(weightsDocument(experiment, weights, null));
  const samples = samplesOf(experiment.dataset, count);
  const { tensors, eps, tolerance } = unwrap(checkGradients(trained, { samples, entries }), place);
  if (experiment.model.dropout > 0) say(`${place}: dropout is left out of a gradient check`);
  const width = Math.max(...tensors.map(({ key }) => key.length));
  printData(tensors.map((tensor) => lineOf(tensor, width)).join('\n'));
  const wrong = tensors.filter((tensor) => tensor.wrong > 0).length;
  const verdict = wrong === 0 ? 'all agree' : `${wrong} of ${tensors.length} tensors do not agree`;
  say(
    `${verdict}: ${countOf(samples.length)}, eps ${eps}, within ${tolerance.absolute} + ${tolerance.relative} · |numeric|`,
  );
  return wrong === 0 ? 0 : 1;
}

const countOf = (samples: number) => (samples === 1 ? '1 sample' : `${samples} samples`);

/** A tensor's line: `rnn.weight_hh_l0  16 of 16  ok     furthest apart at [9]: numeric -3.8e-4, analytic -3.8e-4` */
function lineOf({ key, shape, checked, wrong, bends, worst }: CheckedTensor, width: number): string {
  const all = shape.reduce((product, size) => product * size, 1);
  const verdict = wrong === 0 ? 'ok   ' : `wrong at ${wrong}`;
  const bent = bends === 0 ? '' : `, ${bends} at a bend of ReLU`;
  const most = `furthest apart at [${worst.index}]: numeric ${worst.numeric.toExponential(6)}, analytic ${worst.analytic.toExponential(6)}`;
  return `${key.padEnd(width)}  ${checked} of ${all}  ${verdict}  ${most}${bent}`;
}

/** The first `count` training samples; for a text, its first windows. */
function samplesOf(dataset: SequenceDataset, count: number): PairQuestion[] {
  if (dataset.text === undefined) {
    return splitSamples(dataset)
      .training.slice(0, count)
      .map(({ input, target = '' }) => ({ input, target }));
  }
  const tokens = splitText(dataset).training;
  const length = dataset.sequenceLength! + 1;
  const joint = dataset.tokens === 'spaces' ? ' ' : '';
  return Array.from({ length: count }, (_, i) => tokens.slice(i * (length - 1), i * (length - 1) + length))
    .filter((window) => window.length > 1)
    .map((window) => ({ input: window.join(joint), target: '' }))
    .filter(({ input }) => splitTokens(input, dataset.tokens).length > 1);
}

import { joinTokens } from '../../engine/data/tokens.ts';
import { predict } from '../../engine/inspect/predict.ts';
import type { Prediction } from '../../engine/questions.ts';
import type { Command, ParsedArguments } from './arguments.ts';
import { readTrained } from './read-input.ts';
import { refuse, unwrap } from './refusal.ts';
import { printData } from './terminal.ts';

export const predictCommand: Command = {
  name: 'predict',
  operand: 'WEIGHTS',
  summary: 'Prints the tokens that trained weights predict for a text.',
  options: [
    { name: 'input', value: 'TEXT', about: 'the sequence to read', required: true },
    { name: 'json', value: null, about: 'the probabilities, logits and states of every step' },
  ],
  run: runPredict,
};

async function runPredict(parsed: ParsedArguments): Promise<number> {
  const input = parsed.text('input');
  if (input === null) throw refuse('arguments', '--input is missing; it is the text to read');
  const trained = await readTrained(parsed.positional);
  const prediction = unwrap(predict(trained, { input }), parsed.positional);
  const text = parsed.flag('json')
    ? JSON.stringify(asLists(prediction), null, 1)
    : joinTokens(prediction.predictedTokens, trained.tokens);
  printData(text);
  return 0;
}

/** The prediction with a list for each step instead of matrices, which JSON does not have. */
function asLists({ inputTokens, predictedTokens, logits, probabilities, states }: Prediction) {
  const rows = (values: Float32Array, count: number) =>
    Array.from({ length: count }, (_, row) => {
      const width = values.length / count;
      return Array.from(values.subarray(row * width, (row + 1) * width));
    });
  const [T, K] = [inputTokens.length, predictedTokens.length];
  return {
    inputTokens,
    predictedTokens,
    logits: rows(logits, K),
    probabilities: rows(probabilities, K),
    states: rows(states, T),
  };
}

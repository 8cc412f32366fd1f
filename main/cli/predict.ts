import { joinTokens } from '../../engine/data/tokens.ts';
import { predict } from '../../engine/inspect/predict.ts';
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
  const prediction = unwrap(predict({ trained, input }), parsed.positional);
  const text = parsed.flag('json')
    ? JSON.stringify(prediction, null, 1)
    : joinTokens(prediction.predictedTokens, trained.tokens);
  printData(text);
  return 0;
}

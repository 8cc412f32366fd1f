import { joinTokens } from '../../engine/data/tokens.ts';
import { predict } from '../../engine/inspect/predict.ts';
import { type Command, parseCommand } from './arguments.ts';
import { readTrained } from './read-input.ts';
import { refuse, unwrap } from './refusal.ts';

export const predictCommand: Command = {
  name: 'predict',
  usage: 'predict WEIGHTS --input TEXT [--json]',
  summary: 'Prints the tokens that trained weights predict for a text.',
  options: [
    '--input TEXT  the sequence to read',
    '--json        the probabilities, logits and states of every step',
  ],
  run: runPredict,
};

async function runPredict(args: string[]): Promise<number> {
  const parsed = parseCommand(args, 'WEIGHTS', { input: 'string', json: 'boolean' });
  const input = parsed.text('input');
  if (input === null) throw refuse('arguments', '--input is missing; it is the text to read');
  const trained = await readTrained(parsed.positional);
  const prediction = unwrap(predict({ trained, input }), parsed.positional);
  const text = parsed.flag('json')
    ? JSON.stringify(prediction, null, 1)
    : joinTokens(prediction.predictedTokens, trained.tokens);
  process.stdout.write(`${text}\n`);
  return 0;
}

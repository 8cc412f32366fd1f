import { trainingLimits } from '../../engine/data/limits.ts';
import { type Command, parseCommand } from './arguments.ts';
import { readTrained } from './read-input.ts';
import { refuse } from './refusal.ts';

export const generateCommand: Command = {
  name: 'generate',
  usage: 'generate WEIGHTS [--prompt TEXT] [--length N] [--temperature X] [--seed N]',
  summary: 'Prints text that a language model makes, token after token.',
  options: [
    '--prompt TEXT    what it goes on from',
    '--length N       how many tokens it makes; 100',
    '--temperature X  0 takes the likeliest token, 1 draws from the distribution as it is; 1',
    '--seed N         of the draws; 0',
  ],
  run: runGenerate,
};

async function runGenerate(args: string[]): Promise<number> {
  const parsed = parseCommand(args, 'WEIGHTS', {
    prompt: 'string',
    length: 'string',
    temperature: 'string',
    seed: 'string',
  });
  parsed.number('length', { whole: true, atLeast: 1, atMost: 1_000_000 });
  parsed.number('temperature', { atLeast: 0 });
  parsed.number('seed', { whole: true, atLeast: 0, atMost: trainingLimits.seed });
  const trained = await readTrained(parsed.positional);
  if (trained.task !== 'language-model') {
    throw refuse(
      'not-a-language-model',
      `${parsed.positional} is of task ${trained.task}; only a language-model makes text`,
    );
  }
  throw refuse('not-available', 'generate: this version of ohlol does not make text yet');
}

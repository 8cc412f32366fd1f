import { trainingLimits } from '../../engine/data/limits.ts';
import { generate } from '../../engine/inspect/generate.ts';
import { flagSets, setFlags } from '../engine/kernel-flags.ts';
import { type Command, parseCommand } from './arguments.ts';
import { readTrained } from './read-input.ts';
import { unwrap } from './refusal.ts';

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
  const length = parsed.number('length', { whole: true, atLeast: 1, atMost: 1_000_000 }) ?? 100;
  const temperature = parsed.number('temperature', { atLeast: 0 }) ?? 1;
  const seed = parsed.number('seed', { whole: true, atLeast: 0, atMost: trainingLimits.seed }) ?? 0;
  const trained = await readTrained(parsed.positional);
  setFlags(flagSets()[0]!);
  const request = { trained, prompt: parsed.text('prompt') ?? '', length, temperature, seed };
  process.stdout.write(`${unwrap(generate(request), parsed.positional).text}\n`);
  return 0;
}

import { trainingLimits } from '../../engine/data/limits.ts';
import { generate } from '../../engine/inspect/generate.ts';
import type { Command, ParsedArguments } from './arguments.ts';
import { prepareKernels } from './kernel-choice.ts';
import { readTrained } from './read-input.ts';
import { unwrap } from './refusal.ts';
import { printData } from './terminal.ts';

export const generateCommand: Command = {
  name: 'generate',
  operand: 'WEIGHTS',
  summary: 'Prints text that a language model makes, token after token.',
  options: [
    { name: 'prompt', value: 'TEXT', about: 'what it goes on from' },
    { name: 'length', value: 'N', about: 'how many tokens it makes; 100' },
    {
      name: 'temperature',
      value: 'X',
      about: '0 takes the likeliest token, 1 draws from the distribution as it is; 1',
    },
    { name: 'top-k', value: 'K', about: 'draws among the K likeliest tokens; else among all' },
    { name: 'seed', value: 'N', about: 'of the draws; 0' },
  ],
  run: runGenerate,
};

async function runGenerate(parsed: ParsedArguments): Promise<number> {
  const length = parsed.number('length', { whole: true, atLeast: 1, atMost: 1_000_000 }) ?? 100;
  const temperature = parsed.number('temperature', { atLeast: 0 }) ?? 1;
  const seed = parsed.number('seed', { whole: true, atLeast: 0, atMost: trainingLimits.seed }) ?? 0;
  const topK = parsed.number('top-k', { whole: true, atLeast: 1 });
  const trained = await readTrained(parsed.positional);
  await prepareKernels();
  const question = { prompt: parsed.text('prompt') ?? '', length, temperature, topK, seed };
  printData(unwrap(generate(trained, question), parsed.positional).text);
  return 0;
}

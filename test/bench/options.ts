/** The options of `npm run bench -- …`. A wrong one is answered with a sentence and the usage. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  torch: string | null;
  only: string;
  threads: number[];
  rounds: number;
}

export const usage = `npm run bench -- [--torch PYTHON] [--only TEXT] [--threads 1,2] [--rounds 5]

  --torch PYTHON   also PyTorch's figures for the same jobs, round by round in turn with ours, and the ratio
  --only TEXT      parts whose name holds the text: a job, generation, inspect, whole, train-frames, data-frames or inspect-cursor
  --threads 1,2    numbers of threads
  --rounds 5       rounds of each job, of about 0.3 s each; the median counts

Prints Markdown tables, and writes test-results/bench.json. Without --only also how soon a run answers, how long the main
process is held up by a large run, how fast large projects open, what importing a table of 10 MB costs, and how smooth the
window stays while hello trains, and with 100,000 rows or a text of 10 MB in it.
`;

/** A wrong option; the message is a sentence for the user. */
export class WrongOption extends Error {}

/**
 * null: only the usage is asked for. `parts` are the job names, one of which must contain the value of
 * --only.
 */
export function readOptions(args: string[], parts: readonly string[]): BenchOptions | null {
  const given = parse(args);
  if (given.help) return null;
  const { only = '', torch = null } = given;
  if (!parts.some((part) => part.includes(only))) {
    throw new WrongOption(`--only is ${JSON.stringify(only)}; no part's name holds it: ${parts.join('; ')}`);
  }
  if (torch !== null && spawnSync(torch, ['-W', 'ignore', '-c', 'import torch']).status !== 0) {
    throw new WrongOption(`--torch is ${torch}; it must be a Python that can import torch`);
  }
  const threads = (given.threads ?? '1,2').split(',').map((text) => wholeNumber('threads', text, 8));
  return { torch, only, threads, rounds: wholeNumber('rounds', given.rounds ?? '5', 1000) };
}

function parse(args: string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args,
      options: {
        ...{ torch: text, only: text, threads: text, rounds: text },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    // parseArgs first says what is wrong, then suggests alternatives; only the first sentence is kept.
    throw new WrongOption((error as Error).message.split('. ')[0]);
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new WrongOption(`--${name} holds ${JSON.stringify(text)}; it takes whole numbers from 1 to ${most}`);
}

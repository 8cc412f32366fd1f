import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { checkRange, type Range } from '../../engine/data/ranges.ts';
import { Refusal, refuse } from './refusal.ts';

export interface Command {
  name: string;
  /** After `ohlol `, as in docs/formats.md. */
  usage: string;
  /** One line. */
  summary: string;
  /** A line for each option. */
  options: string[];
  /** Resolves to the exit code: 0, or 1 where the run failed; throws a Refusal where the input is wrong. */
  run(args: string[]): Promise<number>;
}

export interface ParsedArguments {
  positional: string;
  text(name: string): string | null;
  flag(name: string): boolean;
  /** The option as a number in range. */
  number(name: string, range: Range): number | null;
}

/** Parses a command's arguments: one positional argument called `what`, and the given options. */
export function parseCommand(
  args: string[],
  what: string,
  options: Record<string, 'string' | 'boolean'>,
): ParsedArguments {
  const config: ParseArgsOptionsConfig = {};
  for (const [name, type] of Object.entries(options)) config[name] = { type };
  const { values, positionals } = parse(args, config);
  if (positionals.length !== 1) {
    const found =
      positionals.length === 0
        ? 'it is missing'
        : `there are ${positionals.length}: ${positionals.join(', ')}`;
    throw refuse('arguments', `1 ${what} is needed; ${found}`);
  }
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : null);
  return {
    positional: positionals[0]!,
    text,
    flag: (name) => values[name] === true,
    number(name, range) {
      const given = text(name);
      if (given === null) return null;
      const value = given.trim() === '' ? Number.NaN : Number(given);
      const problems = checkRange(value, `--${name}`, range);
      if (Number.isNaN(value)) {
        throw refuse('arguments', `--${name} is ${JSON.stringify(given)}; it must be a number`);
      }
      if (problems.length > 0) throw new Refusal(problems);
      return value;
    },
  };
}

function parse(args: string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Node's own sentences name the option and what is wrong with it; some go on with advice on parseArgs.
    const [sentence] = (error as Error).message.split(/\. (?=To specify|Did you|If you)/);
    throw refuse('arguments', sentence!.replaceAll(/\s+/g, ' '));
  }
}

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { checkRange, type Range } from '../../engine/data/ranges.ts';
import { Refusal, refuse } from './refusal.ts';

export interface Command {
  name: string;
  /** What the one positional argument is: `EXPERIMENT`. */
  operand: string;
  /** One line. */
  summary: string;
  /** In the order of the usage; the parser, the usage and the help read this list. */
  options: readonly Option[];
  /** Lines of the help after the options: `[head, text]`. */
  notes?: readonly (readonly [head: string, text: string])[];
  /** Resolves to the exit code: 0, or 1 where the run failed; throws a Refusal where the input is wrong. */
  run(args: ParsedArguments): Promise<number>;
}

export interface Option {
  /** After the two dashes. */
  name: string;
  /** What stands after it: `FILE`; null: nothing, it is a switch. */
  value: string | null;
  about: string;
  required?: true;
}

/** Whether an existing file of any kind may be replaced. */
export const forceOption: Option = {
  name: 'force',
  value: null,
  about: 'replaces a file of another kind too; never a project, an input or another output',
};

export interface ParsedArguments {
  positional: string;
  text(name: string): string | null;
  flag(name: string): boolean;
  /** The option as a number in range. */
  number(name: string, range: Range): number | null;
}

/** `train EXPERIMENT [--out RESULT.json] …` */
export function usageOf({ name, operand, options }: Command): string {
  const parts = options.map((option) => (option.required ? spelled(option) : `[${spelled(option)}]`));
  return [name, operand, ...parts].join(' ');
}

export function helpOf(command: Command): string {
  const { summary, options, notes = [] } = command;
  const lines = [...options.map((option) => [spelled(option), option.about] as const), ...notes];
  const width = Math.max(0, ...lines.map(([head]) => head.length));
  const table = lines.map(([head, text]) => `\n  ${head.padEnd(width)}  ${text}`).join('');
  return `Usage: ohlol ${usageOf(command)}\n\n${summary}\n${table}\n`;
}

const spelled = ({ name, value }: Option) => (value === null ? `--${name}` : `--${name} ${value}`);

/** Whether help is asked for: by an option, not by what stands after one or after `--`. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

/** Parses a command's arguments: its one positional argument, and its options, each at most once. */
export function parseCommand(args: string[], { operand, options }: Command): ParsedArguments {
  const config: ParseArgsOptionsConfig = {};
  for (const { name, value } of options) config[name] = { type: value === null ? 'boolean' : 'string' };
  const { values, positionals } = parse(args, config);
  if (positionals.length !== 1) {
    const found =
      positionals.length === 0
        ? 'it is missing'
        : `there are ${positionals.length}: ${positionals.join(', ')}`;
    throw refuse('arguments', `1 ${operand} is needed; ${found}`);
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
    const { values, positionals, tokens } = parseArgs({
      args,
      options,
      allowPositionals: true,
      tokens: true,
    });
    const given = new Map<string, string>();
    for (const token of tokens) {
      if (token.kind !== 'option') continue;
      const value = token.value === undefined ? '' : ` ${token.value}`;
      const before = given.get(token.name);
      if (before !== undefined) {
        const both = before === value ? '' : `:${before} and${value}`;
        throw refuse('arguments', `--${token.name} is given twice${both}; it is given once`);
      }
      given.set(token.name, value);
    }
    return { values, positionals };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // Node's own sentences name the option and what is wrong with it; some go on with advice on parseArgs.
    const [sentence] = (error as Error).message.split(/\. (?=To specify|Did you|If you)/);
    throw refuse('arguments', sentence!.replaceAll(/\s+/g, ' '));
  }
}

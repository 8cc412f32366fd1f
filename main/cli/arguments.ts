import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { checkRange, type Range } from '../../engine/data/ranges.ts';
import { Refusal, refuse } from './refusal.ts';

export interface Command {
  name: string;
  /** The name of the one positional argument: `EXPERIMENT`. */
  operand: string;
  /** A sentence for the overview and the help. */
  summary: string;
  /** The options in the order of the usage. The parser, the usage and the help read this list. */
  options: readonly Option[];
  /** Lines of the help after the options: `[head, text]`. */
  notes?: readonly (readonly [head: string, text: string])[];
  /** Runs the command. Resolves to the exit code: 0, or 1 if the run failed. Throws a Refusal if the input is wrong. */
  run(args: ParsedArguments): Promise<number>;
}

export interface Option {
  /** The name after the two dashes. */
  name: string;
  /** The name of its value: `FILE`; null for a switch, which has none. */
  value: string | null;
  about: string;
  required?: true;
  /** Whether its value names a file. */
  isPath?: true;
}

/** The option that lets an existing file of another kind be replaced. */
export const forceOption: Option = {
  name: 'force',
  value: null,
  about: 'replaces a file of another kind too; never a project, an input or another output',
};

export interface ParsedArguments {
  positional: string;
  text(name: string): string | null;
  flag(name: string): boolean;
  /** The option as a number; null if it is absent. Throws a Refusal if it is not a number in range. */
  number(name: string, range: Range): number | null;
}

/** The usage in one line: `train EXPERIMENT [--out RESULT.json] …` */
export function usageOf({ name, operand, options }: Command): string {
  const parts = options.map((option) => (option.required ? spelled(option) : `[${spelled(option)}]`));
  return [name, operand, ...parts].join(' ');
}

/** The help of a command: usage, summary, a line per option, notes. */
export function helpOf(command: Command): string {
  const { summary, options, notes = [] } = command;
  const lines = [...options.map((option) => [spelled(option), option.about] as const), ...notes];
  const width = Math.max(0, ...lines.map(([head]) => head.length));
  const table = lines.map(([head, text]) => `\n  ${head.padEnd(width)}  ${text}`).join('');
  return `Usage: ohlol ${usageOf(command)}\n\n${summary}\n${table}\n`;
}

const spelled = ({ name, value }: Option) => (value === null ? `--${name}` : `--${name} ${value}`);

/** Whether an argument before `--` asks for help: `--input --help` does, `--input=--help` does not. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

/**
 * Parses a command's one positional argument and its options, each at most once. Throws a Refusal if they are wrong.
 */
export function parseCommand(args: string[], command: Command): ParsedArguments {
  const { operand, options } = command;
  const { values, positionals } = parse(args, command);
  if (positionals.length !== 1) {
    const found =
      positionals.length === 0
        ? 'it is missing'
        : `there are ${positionals.length}: ${positionals.join(', ')}`;
    throw refuse('arguments', `1 ${operand} is needed; ${found}`);
  }
  refuseEmpty(operand, positionals[0]!);
  for (const { name, isPath } of options) if (isPath) refuseEmpty(`--${name}`, values.get(name));
  const text = (name: string) => values.get(name) ?? null;
  return {
    positional: positionals[0]!,
    text,
    flag: (name) => values.has(name),
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

function refuseEmpty(what: string, path: string | undefined): void {
  if (path === '') throw refuse('arguments', `${what} is ""; a file is needed`);
}

/**
 * Option values by name (an empty text for a switch) and positional arguments. Errors are reported in our own words,
 * not in those of parseArgs.
 */
function parse(args: string[], { name: command, options }: Command) {
  const known = new Map(options.map((option) => [option.name, option]));
  const config: ParseArgsOptionsConfig = {};
  for (const { name, value } of options) config[name] = { type: value === null ? 'boolean' : 'string' };
  const { positionals, tokens } = parseArgs({
    args,
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = known.get(token.name);
    if (option === undefined || !token.rawName.startsWith('--')) {
      const all = options.map(({ name }) => `--${name}`).join(', ');
      const has = all === '' ? 'it has none' : `it has ${all}`;
      throw refuse('arguments', `${token.rawName} is no option of ohlol ${command}; ${has}`);
    }
    const value = optionValue(option, token);
    const before = values.get(token.name);
    if (before !== undefined) {
      const both = before === value ? '' : `: ${before} and ${value}`;
      throw refuse('arguments', `--${token.name} is given twice${both}; it is given once`);
    }
    values.set(token.name, value);
  }
  return { values, positionals };
}

function optionValue(
  option: Option,
  token: { value?: string | undefined; inlineValue?: boolean | undefined },
): string {
  const { name, value } = option;
  if (value === null) {
    if (token.value === undefined) return '';
    throw refuse('arguments', `--${name} is given the value ${JSON.stringify(token.value)}; it takes none`);
  }
  if (token.value === undefined) {
    throw refuse('arguments', `--${name} is given without a value; it is written --${name} ${value}`);
  }
  // The value is most likely the next option, because the user forgot the value.
  if (!token.inlineValue && /^-./.test(token.value)) {
    const both = `--${name} is followed by ${token.value}, not by a value`;
    throw refuse('arguments', `${both}; a value that begins with a dash is written --${name}=${token.value}`);
  }
  return token.value;
}

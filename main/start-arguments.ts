import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const USAGE = 'npm start -- [--host desktop|browser] [--no-open] [PROJECT.ohlol]';

export interface StartOptions {
  /** null: the desktop app if it is available, else a browser. */
  host: 'desktop' | 'browser' | null;
  /** Whether to open a window; if false, the browser host only serves. */
  open: boolean;
  project: string | null;
}

/** Reads the arguments of `npm start`. Throws an Error with a sentence if they are wrong. */
export function readStartArguments(args: string[], workingFolder: string): StartOptions {
  const options: StartOptions = { host: null, open: true, project: null };
  const { tokens } = parseArgs({ args, strict: false, tokens: true, options: { host: { type: 'string' } } });
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (options.project !== null) {
        throw new Error(`One project opens at a start; ${options.project} and ${token.value} are two.`);
      }
      options.project = resolve(workingFolder, token.value);
    } else if (token.kind === 'option') {
      readOption(options, token.name, token.rawName, token.value);
    }
  }
  if (options.host === 'desktop' && !options.open) {
    throw new Error('--no-open is of the browser host; the desktop app is its window.');
  }
  return options;
}

function readOption(options: StartOptions, name: string, asWritten: string, value: string | undefined): void {
  if (name === 'host') {
    if (value !== 'desktop' && value !== 'browser') {
      throw new Error(`--host is ${value ?? 'without a value'}, and can be desktop or browser.`);
    }
    options.host = value;
  } else if (name === 'no-open' && value === undefined) {
    options.open = false;
  } else {
    throw new Error(`There is no option ${asWritten}${value === undefined ? '' : `=${value}`}.`);
  }
}

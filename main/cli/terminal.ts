/**
 * What is printed. A file's text may hold control characters that a terminal obeys: they recolour it, retitle it,
 * write over lines, or turn the direction of what follows. So sentences and reports, which are read by people, never
 * hold any. Data that was asked for (`predict`, `generate`) is exact where it goes to a pipe or a file, and escaped
 * only where it goes to a terminal.
 */

/** C0, C1 and DEL, line separators of Unicode, marks that turn the direction of text, and half surrogate pairs. */
const controls = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** As a string literal writes them, `\u001b`; those in `kept` stay. */
export function escapeControls(text: string, kept = ''): string {
  return text.replace(controls, (control) => {
    if (kept.includes(control)) return control;
    return named[control] ?? `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** One line for people to standard output, whatever it holds. */
export function printLine(line: string): void {
  print(`${escapeControls(line)}\n`);
}

/** Text that was asked for to standard output, and a line's end. */
export function printData(text: string): void {
  print(`${process.stdout.isTTY ? escapeControls(text, '\n\t') : text}\n`);
}

/** Text of our own making, lines and all. */
export function printText(text: string): void {
  print(text);
}

/** One line to standard error: progress, warnings, errors. */
export function say(line: string): void {
  process.stderr.write(`ohlol: ${escapeControls(line)}\n`);
}

let isGone = false;
let failed = false;
let held = 0;

function print(text: string): void {
  if (!isGone) process.stdout.write(text);
}

/** Keeps the process at work where nobody reads its standard output any more: it has files to write. */
export function holdWithoutReader(): () => void {
  held++;
  return () => {
    held--;
  };
}

/** Whether what has been printed waits for its reader: then `'drain'` comes. */
export const isStandardOutputFull = () => !isGone && process.stdout.writableNeedDrain;

/** A reader that has seen enough (`ohlol train … | head -1`) is no failure; a full disk is. */
export function watchStandardOutput(): void {
  process.stdout.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
    if (isGone) return;
    isGone = true;
    failed = code !== 'EPIPE';
    if (failed)
      say(
        `standard output cannot be written; ${code === 'ENOSPC' ? 'its disk is full' : 'what it leads to does not take it'}`,
      );
    if (held === 0) process.exit(failed ? 1 : 0);
  });
  // Standard error itself is broken: there is nobody left to tell.
  process.stderr.on('error', () => {});
}

/** What a command exits with: 0 becomes 1 where its standard output was lost. */
export const exitCodeOf = (code: number) => (failed ? Math.max(code, 1) : code);

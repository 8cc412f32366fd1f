/**
 * Prints text. A file's text may hold control characters that a terminal obeys: they change its colours or title,
 * overwrite lines, or reverse the direction of the text that follows. Sentences and reports for people therefore never
 * contain any. Requested data (`predict`, `generate`) is exact in a pipe or a file, and escaped only on a terminal.
 */

/** C0, C1 and DEL, Unicode line separators, marks that change the direction of text, and half surrogate pairs. */
const controls = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escapes control characters as in a string literal, `\u001b`; those in `kept` stay. */
export function escapeControls(text: string, kept = ''): string {
  return text.replace(controls, (control) => {
    if (kept.includes(control)) return control;
    return named[control] ?? `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Prints one line for people to standard output, with all control characters escaped. */
export function printLine(line: string): void {
  print(`${escapeControls(line)}\n`);
}

/** Prints requested text and a line end to standard output; escaped only on a terminal. */
export function printData(text: string): void {
  print(`${process.stdout.isTTY ? escapeControls(text, '\n\t') : text}\n`);
}

/** Prints text of our own, which may have several lines. */
export function printText(text: string): void {
  print(text);
}

/** Prints one line to standard error: progress, warnings, errors. */
export function say(line: string): void {
  process.stderr.write(`ohlol: ${escapeControls(line)}\n`);
}

let isGone = false;
let failed = false;
let held = 0;

function print(text: string): void {
  if (!isGone) process.stdout.write(text);
}

/**
 * Keeps the process running when the reader of its standard output is gone, because it has files to write. Returns a
 * function that ends this.
 */
export function holdWithoutReader(): () => void {
  held++;
  return () => {
    held--;
  };
}

/** Whether printed text waits for its reader; a `'drain'` event follows. */
export const isStandardOutputFull = () => !isGone && process.stdout.writableNeedDrain;

/**
 * Ends the process when standard output breaks. A reader that has seen enough (`ohlol train … | head -1`) is no
 * failure; a full disk is.
 */
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
  // Standard error itself is broken, so nobody is left to tell.
  process.stderr.on('error', () => {});
}

/** A command's exit code: 0 becomes 1 if its standard output was lost. */
export const exitCodeOf = (code: number) => (failed ? Math.max(code, 1) : code);

import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { scanJson } from './scan-json.ts';

/**
 * Parses JSON text, with or without a byte order mark. `what` is what a message calls the file (`the experiment`). A
 * text that ends in the middle gets another message than one that is wrong. Fails, too, where JSON.parse would
 * silently accept a duplicate key, a number too large for a double, or half a surrogate pair (scan-json.ts).
 */
export function parseJson(text: string, what: string): Result<unknown> {
  const bare = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (bare.trim() === '') return failure(problem('empty-file', '', `${what} is empty`));
  const found = scanJson(bare, what);
  if (found?.bars) return failure(found.problem);
  try {
    const value: unknown = JSON.parse(bare);
    return found ? failure(found.problem) : success(value);
  } catch (error) {
    return failure(syntaxProblem(bare, (error as SyntaxError).message, what));
  }
}

function syntaxProblem(text: string, engineMessage: string, what: string): Problem {
  const at = /position (\d+)/.exec(engineMessage);
  const atEnd = at !== null && text.slice(Number(at[1])).trim() === '';
  if (atEnd || /end of JSON input|Unterminated/.test(engineMessage)) {
    const line = text.split('\n').length;
    const column = text.length - text.lastIndexOf('\n');
    const message = `${what} ends in the middle, on line ${line}, column ${column}; the file is cut off`;
    return problem('cut-off', '', message, { line, column });
  }
  if (at) {
    const before = text.slice(0, Number(at[1]));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    const found = /^\S+/.exec(text.slice(before.length))?.[0].slice(0, 20) ?? '';
    const message = `${what} is not valid JSON: ${JSON.stringify(found)} on line ${line}, column ${column} cannot stand there`;
    return problem('not-json', '', message, { line, column, found });
  }
  const found = /^Unexpected token '(.+?)'/su.exec(engineMessage)?.[1];
  const place = /Unexpected token '.+?', (.+) is not valid JSON/su.exec(engineMessage)?.[1];
  if (found !== undefined && place !== undefined) {
    const message = `${what} is not valid JSON: ${JSON.stringify(found)} cannot stand there, near ${place}`;
    return problem('not-json', '', message, { found });
  }
  const begins = text.trim().slice(0, 20);
  const message = `${what} is not valid JSON: it begins with ${JSON.stringify(begins)}`;
  return problem('not-json', '', message, { found: begins });
}

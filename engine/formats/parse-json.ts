import { failure, type Problem, problem, type Result, success } from '../errors.ts';

/** No document of ours is nested deeper than six; what a reader walks through must not be able to fill the stack. */
export const deepestNesting = 64;

/**
 * JSON text to a value, a byte order mark aside. `what` is how the sentence calls the file (`the experiment`).
 * A text that ends in the middle is told apart from one that is wrong.
 */
export function parseJson(text: string, what: string): Result<unknown> {
  const bare = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (bare.trim() === '') return failure(problem('empty-file', '', `${what} is empty`));
  if (nestsDeeper(bare, deepestNesting)) {
    const message = `${what} has brackets nested deeper than ${deepestNesting}; nothing that is read here has`;
    return failure(problem('nested-too-deep', '', message, { limit: deepestNesting }));
  }
  try {
    return success(JSON.parse(bare));
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
  return problem('not-json', '', `${what} is not valid JSON: ${engineMessage}`);
}

/** Whether brackets outside of strings nest deeper than the limit; one pass over the text. */
function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quoteMark) {
      i = stringEnd(text, i + 1);
    } else if (c === openBracket || c === openBrace) {
      if (++depth > limit) return true;
    } else if (c === closeBracket || c === closeBrace) depth--;
  }
  return false;
}

/** The index of the quotation mark that ends the string whose first character is at `from`. */
function stringEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quoteMark) return i;
    if (c === backslash) i++;
  }
  return text.length;
}

const quoteMark = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Reads JSON and JSON Lines as the records of a table. */
import { failure, type Problem, problem, type Result, success } from '../../errors.ts';
import { isObject, wrongType } from '../fields.ts';
import { parseJson } from '../parse-json.ts';

export interface JsonRecords {
  /**
   * Keys of the objects, in order of occurrence; null: the items are lists or plain values, with columns in order.
   */
  keys: string[] | null;
  records: string[][];
  problems: Problem[];
}

/** Most keys that become columns; longer objects are read, but their further keys are left out. */
const mostKeys = 100;
const listedProblems = 100;

/**
 * Reads a list of objects whose keys are headers, of [input, target] lists, or of strings. Other items are reported
 * and left out; numbers become text.
 */
export function readJsonRecords(text: string): Result<JsonRecords> {
  const parsed = parseJson(text, 'the file');
  if (!parsed.ok) return parsed;
  if (!Array.isArray(parsed.value)) {
    const what = 'a list of objects, of [input, target] pairs or of strings';
    return failure(wrongType('', parsed.value, what, 'the file'));
  }
  return success(toRecords(parsed.value, (i) => `[${i}]`));
}

/** Reads one JSON value per line. Blank lines are skipped, but count in line numbers. */
export function readJsonLines(text: string): Result<JsonRecords> {
  const values: unknown[] = [];
  const problems: Problem[] = [];
  text.split(/\r\n?|\n/).forEach((line, i) => {
    if (line.trim() === '') return;
    const parsed = parseJson(line, `line ${i + 1}`);
    if (parsed.ok) values.push(parsed.value);
    else problems.push(...parsed.problems);
  });
  const read = toRecords(values, (i) => `line ${i + 1}`);
  return success({ ...read, problems: [...problems.slice(0, listedProblems), ...read.problems] });
}

/** Whether each of the first five non-blank lines is a JSON object or list by itself. */
export function looksLikeJsonLines(text: string): boolean {
  const lines = text.slice(0, 100_000).split(/\r\n?|\n/);
  if (text.length > 100_000) lines.pop();
  const full = lines.filter((line) => line.trim() !== '').slice(0, 5);
  return full.length > 1 && full.every((line) => /^\s*[{[]/.test(line) && parseJson(line, 'the line').ok);
}

function toRecords(values: unknown[], placeOf: (i: number) => string): JsonRecords {
  const keys: string[] = [];
  const places = new Map<string, number>();
  const problems: Problem[] = [];
  const records: string[][] = [];
  const isKeyed = values.some(isObject);
  values.forEach((value, i) => {
    const wrong = (found: unknown, at: string) => {
      if (problems.length >= listedProblems) return;
      problems.push(wrongType(at, found, isKeyed ? 'an object of texts' : 'a list of texts, or a text'));
    };
    if (isKeyed ? !isObject(value) : !Array.isArray(value) && asText(value) === null) {
      wrong(value, placeOf(i));
      return;
    }
    const fields: string[] = [];
    const entries = isObject(value)
      ? Object.entries(value)
      : (Array.isArray(value) ? value : [value]).map((item, k): [string, unknown] => [String(k), item]);
    for (const [key, item] of entries) {
      let place = isKeyed ? places.get(key) : Number(key);
      if (place === undefined && keys.length < mostKeys) {
        place = keys.length;
        places.set(key, place);
        keys.push(key);
      }
      if (place === undefined || place >= mostKeys) continue;
      const text = asText(item);
      if (text === null) wrong(item, `${placeOf(i)}.${key}`);
      fields[place] = text ?? '';
    }
    records.push(Array.from(fields, (field) => field ?? ''));
  });
  return { keys: isKeyed ? keys : null, records, problems };
}

/** The value as text; null where it is a list or an object. */
function asText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** The problem of a JSON file that is a document of Ohlol, not rows; null where it is not. */
export function ownDocument(text: string): Problem | null {
  const format = /^\s*\{\s*"format"\s*:\s*"(ohlol\/[a-z-]+)"/.exec(text.slice(0, 2000))?.[1];
  if (format === undefined) return null;
  const message = `the file is ${format === 'ohlol/experiment' ? 'an experiment' : `a document of format ${format}`}, not rows; open it as such`;
  return problem('import-own-document', '', message, { format });
}

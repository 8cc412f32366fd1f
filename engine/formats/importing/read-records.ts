/** Reads records of fields from a file's text: finds its form from its name and contents, and splits it. */
import { type Problem, type Result, success } from '../../errors.ts';
import { looksLikeJson } from '../sniff.ts';
import type { ImportChoices, ImportForm } from './choices.ts';
import { looksLikeJsonLines, readJsonLines, readJsonRecords } from './json-rows.ts';
import { findTableShape, readTable, type TableShape } from './tables.ts';

export interface RecordProblem {
  /** Record number; null: the problem concerns the whole file. */
  record: number | null;
  problem: Problem;
}

export interface Records {
  records: string[][];
  /** Count of further non-blank records of a table, which were not read. */
  rest: number;
  /** Shape of a table; null for other forms. */
  shape: TableShape | null;
  /** Keys of objects: a header that is no record. null for other forms. */
  keys: string[] | null;
  problems: RecordProblem[];
}

/** The form that the file's name states. Pasted text, and names that state none, are judged by their contents. */
export function findForm(text: string, fileName: string): ImportForm {
  switch (/\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase()) {
    case 'csv':
    case 'tsv':
    case 'tab':
      return 'table';
    case 'txt':
      return isTabbed(text) ? 'table' : linesOrText(text);
    case 'jsonl':
    case 'ndjson':
      return 'json-lines';
    default:
      break;
  }
  if (looksLikeJson(text))
    return text.trimStart().startsWith('{') && looksLikeJsonLines(text) ? 'json-lines' : 'json';
  return findTableShape(text).separator === null ? linesOrText(text) : 'table';
}

/**
 * Whether every line has the same number of tabs and none begins with one, as in spreadsheets saved as text. In
 * ordinary text, tabs indent lines.
 */
function isTabbed(text: string): boolean {
  const head = text.slice(0, 100_000);
  const lines = head.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
  if (head.length < text.length) lines.pop();
  const tabs = (line: string) => line.split('\t').length - 1;
  const wanted = tabs(lines[0] ?? '');
  return lines.length > 1 && wanted > 0 && lines.every((line) => tabs(line) === wanted && line[0] !== '\t');
}

/** Distinguishes a running text (sentences or long lines) from a list of short lines, which has one row per line. */
function linesOrText(text: string): ImportForm {
  const lines = text
    .slice(0, 100_000)
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '');
  const short = lines.filter((line) => line.length <= 40 && !/[.!?。！？,，;；]/.test(line)).length;
  return lines.length > 1 && short >= 0.9 * lines.length ? 'lines' : 'text';
}

/** The table's shape as chosen; what is not chosen is found. */
export function shapeOf(text: string, choices: ImportChoices): TableShape {
  const found = findTableShape(text);
  return {
    separator: choices.separator === undefined ? found.separator : choices.separator,
    quotes: choices.quotes ?? found.quotes,
    comment: choices.comment === undefined ? found.comment : choices.comment,
  };
}

/**
 * Reads the records. Of a table, records after the first `enough` may only be counted. Yields its progress, 0 … 1.
 */
export function* readRecords(
  text: string,
  form: Exclude<ImportForm, 'text'>,
  shape: TableShape | null,
  enough?: number,
): Generator<number, Result<Records>> {
  switch (form) {
    case 'table':
      return success({ ...(yield* readTable(text, shape!, enough)), shape, keys: null, problems: [] });
    case 'lines': {
      const lines = text.split(/\r\n?|\n/);
      const records = lines.map((line) => [line]);
      return success({ records, rest: 0, shape: null, keys: null, problems: [] });
    }
    default: {
      const read = form === 'json' ? readJsonRecords(text) : readJsonLines(text);
      if (!read.ok) return read;
      const { records, keys, problems } = read.value;
      const found = problems.map((one) => ({ record: null, problem: one }));
      return success({ records, rest: 0, shape: null, keys, problems: found });
    }
  }
}

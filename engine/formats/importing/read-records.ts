/** Records of fields out of a file's text: what it is by its name and by what is in it, and how it is cut. */
import { type Problem, type Result, success } from '../../errors.ts';
import { looksLikeJson } from '../sniff.ts';
import type { ImportChoices, ImportForm } from './choices.ts';
import { looksLikeJsonLines, readJsonLines, readJsonRecords } from './json-rows.ts';
import { findTableShape, readTable, type TableShape } from './tables.ts';

export interface RecordProblem {
  /** null: of the file. */
  record: number | null;
  problem: Problem;
}

export interface Records {
  records: string[][];
  /** Records of a table after those that are not blank, and were only counted. */
  rest: number;
  /** Of a table. */
  shape: TableShape | null;
  /** The keys of objects: a header that is no record. */
  keys: string[] | null;
  problems: RecordProblem[];
}

/** By the file's name where it says so; what is pasted, and names that say nothing, by what is in it. */
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

/** As spreadsheets save "text": in each line as many tabs, none of which indents it. A text has them at its beginnings. */
function isTabbed(text: string): boolean {
  const head = text.slice(0, 100_000);
  const lines = head.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
  if (head.length < text.length) lines.pop();
  const tabs = (line: string) => line.split('\t').length - 1;
  const wanted = tabs(lines[0] ?? '');
  return lines.length > 1 && wanted > 0 && lines.every((line) => tabs(line) === wanted && line[0] !== '\t');
}

/** Sentences, or lines that are long, are a text to be read on; a list of short lines is a row a line. */
function linesOrText(text: string): ImportForm {
  const lines = text
    .slice(0, 100_000)
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '');
  const short = lines.filter((line) => line.length <= 40 && !/[.!?。！？,，;；]/.test(line)).length;
  return lines.length > 1 && short >= 0.9 * lines.length ? 'lines' : 'text';
}

/** A table's shape as it is chosen, else found. */
export function shapeOf(text: string, choices: ImportChoices): TableShape {
  const found = findTableShape(text);
  return {
    separator: choices.separator === undefined ? found.separator : choices.separator,
    quotes: choices.quotes ?? found.quotes,
    comment: choices.comment === undefined ? found.comment : choices.comment,
  };
}

/** `enough`: of a longer table the rest may be counted only. Yields how far it is, 0 … 1. */
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

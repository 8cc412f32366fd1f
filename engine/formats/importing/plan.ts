/** A file as rows or a text: everything about it found, and every finding open to another choice. */
import type { Split } from '../../data/draft.ts';
import { dataLimits } from '../../data/limits.ts';
import { group } from '../../data/ranges.ts';
import { quote, type SequenceTask } from '../../data/samples.ts';
import { failure, type Problem, problem, type Result, success } from '../../errors.ts';
import { binaryKind, binaryKinds } from '../binary-kinds.ts';
import { looksLikeJson } from '../sniff.ts';
import { type ColumnRole, findColumns, looksLikeHeader, splitOf } from './columns.ts';
import { countBad, decodeAs, type EncodingCandidate, type EncodingName, rankEncodings } from './encodings.ts';
import { looksLikeJsonLines, ownDocument, readJsonLines, readJsonRecords } from './json-rows.ts';
import { findTableShape, isBlank, readTable, type Separator, type TableShape } from './tables.ts';
import { gunzip, isGzip } from './unpack.ts';

/** How a text is taken: as fields of records, or as it stands, a row a line or as one text. */
export const importForms = ['table', 'json', 'json-lines', 'lines', 'text'] as const;
export type ImportForm = (typeof importForms)[number];

/** What a user may say instead of what was found; a key that is left out is found. */
export interface ImportChoices {
  encoding?: EncodingName;
  form?: ImportForm;
  /** Of a table. */
  separator?: Separator | null;
  quotes?: boolean;
  comment?: string | null;
  /** Whether the first record names the columns. */
  header?: boolean;
  /** By column, from the first; others are ignored. */
  columns?: ColumnRole[];
  /** Labels as the file has them, and as they are to be: to rename some, or to make several one. */
  labels?: Record<string, string>;
  /** What the rows are learned as; null: as the draft's are. */
  task?: SequenceTask | null;
  /** file: as the split column says, else training; or the whole file as one. */
  split?: 'file' | 'train' | 'validation';
  /** Instead of the draft's rows or text, or after them. */
  mode?: 'replace' | 'append';
}

export interface ImportedRow {
  /** Its number in the file, from 1, the header and blank ones counted. */
  record: number;
  input: string;
  target: string;
  split: Split;
  note: string;
}

export interface ImportPlan {
  fileName: string;
  /** The same bytes have the same. */
  revision: string;
  /** Everything that was found or chosen. */
  choices: Required<ImportChoices>;
  encodings: EncodingCandidate[];
  /** Bytes after unpacking, and whether they were packed. */
  bytes: number;
  packed: boolean;
  /** The columns' names where there is a header; else null. */
  header: string[] | null;
  /** Rows, or the text as it stands. */
  content: { kind: 'rows'; rows: ImportedRow[] } | { kind: 'text'; text: string };
  /** Records that stay out or were read otherwise than they say, each with its number. */
  problems: RecordProblem[];
}

export interface RecordProblem {
  /** null: of the file. */
  record: number | null;
  problem: Problem;
}

/** Such problems are kept with their places; the rest are only counted in the preview. */
const keptProblems = 10_000;

/** Reads the file by the choices. Yields how far it is, 0 … 1; it may be left off at each. */
export function* planImport(
  { name, bytes: given }: { name: string; bytes: Uint8Array },
  choices: ImportChoices = {},
): Generator<number, Result<ImportPlan>> {
  const packed = isGzip(given);
  const unpacked = packed ? yield* within(0, 0.2, gunzip(given)) : success(given);
  if (!unpacked.ok) return unpacked;
  const bytes = unpacked.value;
  const kind = binaryKind(bytes);
  if (kind !== null) {
    const { name: what, advice } = binaryKinds[kind];
    return failure(problem('binary-file', '', `the file is ${what}; ${advice}`, { kind }));
  }
  const encodings = rankEncodings(bytes);
  yield 0.3;
  const encoding = choices.encoding ?? encodings[0]!.encoding;
  const text = decodeAs(bytes, encoding);
  const bad = isNoise(encodings, choices.encoding) ? text.length : countBad(text);
  if (bad > 0 && bad * 4 > text.length) {
    const message = `the file is no text: as ${encoding}, its likeliest encoding, ${group(bad)} of ${group(text.length)} characters are none; text is needed`;
    return failure(problem('import-no-text', '', message, { encoding, bad, characters: text.length }));
  }
  const own = ownDocument(text);
  if (own) return failure(own);
  const ending = endingOf(packed ? name.replace(/\.gz$/i, '') : name);
  const form = choices.form ?? findForm(text, ending);
  const base = { fileName: name, revision: revisionOf(given), encodings, bytes: bytes.length, packed };
  const shared = { ...defaults, ...choices, encoding, form };
  if (form === 'text') {
    const plain = text.replace(/\r\n?/g, '\n');
    if (plain === '')
      return failure(problem('import-empty', '', 'the file holds nothing; rows or a text are needed'));
    const content = { kind: 'text' as const, text: plain };
    const problems: RecordProblem[] = [];
    return success({
      ...base,
      choices: { ...shared, task: 'language-model' },
      header: null,
      content,
      problems,
    });
  }
  const read = yield* within(0.3, 0.8, readRecords(text, form, choices));
  if (!read.ok) return read;
  const plan = toPlan(read.value, shared, choices);
  yield 1;
  if (plan.content.rows.length === 0 && plan.problems.length === 0) {
    return failure(problem('import-empty', '', 'the file holds no row; rows or a text are needed'));
  }
  return success({ ...base, ...plan });
}

/** Bytes that are control characters as UTF-8, and hardly plausible as anything: two of them are some character of UTF-16. */
function isNoise(encodings: readonly EncodingCandidate[], chosen: EncodingName | undefined): boolean {
  const [best] = encodings;
  const plain = encodings.find(({ encoding }) => encoding === 'utf-8')!;
  const isMostlyBad = plain.bad > 0 && countBad(plain.preview) * 4 > plain.preview.length;
  return chosen === undefined && !best!.marked && best!.score < 0.3 && isMostlyBad;
}

const defaults: Required<ImportChoices> = {
  encoding: 'utf-8',
  form: 'text',
  separator: null,
  quotes: true,
  comment: null,
  header: false,
  columns: [],
  labels: {},
  task: null,
  split: 'file',
  mode: 'replace',
};

function* within<T>(from: number, to: number, work: Generator<number, T>): Generator<number, T> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    yield from + (to - from) * step.value;
  }
}

function endingOf(name: string): string {
  return /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** By the file's name where it says so; what is pasted, and names that say nothing, by what is in it. */
function findForm(text: string, ending: string): ImportForm {
  switch (ending) {
    case 'csv':
    case 'tsv':
    case 'tab':
      return 'table';
    case 'txt':
      return linesOrText(text);
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

/** Sentences, or lines that are long, are a text to be read on; a list of short lines is a row a line. */
function linesOrText(text: string): ImportForm {
  const lines = text
    .slice(0, 100_000)
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '');
  const short = lines.filter((line) => line.length <= 40 && !/[.!?。！？,，;；]/.test(line)).length;
  return lines.length > 1 && short >= 0.9 * lines.length ? 'lines' : 'text';
}

interface Records {
  records: string[][];
  /** Of a table. */
  shape: TableShape | null;
  /** The keys of objects: a header that is no record. */
  keys: string[] | null;
  problems: RecordProblem[];
}

function* readRecords(
  text: string,
  form: ImportForm,
  choices: ImportChoices,
): Generator<number, Result<Records>> {
  switch (form) {
    case 'table': {
      const found = findTableShape(text);
      const shape = {
        separator: choices.separator === undefined ? found.separator : choices.separator,
        quotes: choices.quotes ?? found.quotes,
        comment: choices.comment === undefined ? found.comment : choices.comment,
      };
      return success({ records: yield* readTable(text, shape), shape, keys: null, problems: [] });
    }
    case 'lines': {
      const lines = text.split(/\r\n?|\n/);
      return success({ records: lines.map((line) => [line]), shape: null, keys: null, problems: [] });
    }
    default: {
      const read = form === 'json' ? readJsonRecords(text) : readJsonLines(text);
      if (!read.ok) return read;
      const { records, keys, problems } = read.value;
      return success({
        records,
        shape: null,
        keys,
        problems: problems.map((found) => ({ record: null, problem: found })),
      });
    }
  }
}

type RowsPlan = Pick<ImportPlan, 'choices' | 'header' | 'problems'> & {
  content: Extract<ImportPlan['content'], { kind: 'rows' }>;
};

function toPlan(
  { records, shape, keys, problems }: Records,
  shared: Required<ImportChoices>,
  choices: ImportChoices,
): RowsPlan {
  const first = records.findIndex((fields) => !isBlank(fields));
  const isTable = shape !== null;
  const isHeader =
    keys === null && first !== -1 && (choices.header ?? (isTable && looksLikeHeader(records[first]!)));
  const header = keys ?? (isHeader ? records[first]!.map((field) => field.trim()) : null);
  const start = isHeader ? first + 1 : 0;
  const found = findColumns(header, records.slice(start, start + 1000));
  const columns = choices.columns ?? (shared.form === 'lines' ? ['input' as const] : found.roles);
  const task = choices.task === undefined ? (found.isLabel ? 'label' : null) : choices.task;
  const settled = { ...shared, ...(shape ?? {}), header: header !== null, columns, task };
  const rows: ImportedRow[] = [];
  const all = [...problems];
  const toRow = rowReader(settled, all);
  for (let i = start; i < records.length; i++) {
    // A blank line is no row; an object or a pair of empty texts is one.
    if ((isTable || shared.form === 'lines') && isBlank(records[i]!)) continue;
    const row = toRow(records[i]!, i + 1);
    if (row) rows.push(row);
  }
  return { choices: settled, header, content: { kind: 'rows', rows }, problems: all };
}

const limitedFields = [
  ['input', dataLimits.sampleCharacters],
  ['target', dataLimits.sampleCharacters],
  ['note', dataLimits.noteCharacters],
] as const;

/** A record as a row; null, with its problem: it has more than a row may hold and stays out, the others do not. */
function rowReader(
  { columns, labels, task, split: whole }: Required<ImportChoices>,
  problems: RecordProblem[],
): (fields: string[], record: number) => ImportedRow | null {
  const place = (role: ColumnRole) => columns.indexOf(role);
  const [input, target, split, note] = [place('input'), place('target'), place('split'), place('note')];
  const add = (record: number, found: Problem) => {
    if (problems.length < keptProblems) problems.push({ record, problem: found });
  };
  const toSplit = (word: string, record: number): Split => {
    if (whole !== 'file') return whole;
    const known = splitOf(word);
    if (known === null) {
      const message = `row ${record}: split is ${quote(word)}, which is neither train, validation nor off; it is taken as train`;
      add(
        record,
        problem('import-unknown-split', 'split', message, { row: record, found: word.slice(0, 40) }),
      );
    }
    return known ?? 'train';
  };
  return (fields, record) => {
    const given = fields[target] ?? '';
    // White space around a label is never meant; around a text it may be.
    const label = task === 'label' ? given.trim() : given;
    const row: ImportedRow = {
      record,
      input: fields[input] ?? '',
      target: Object.hasOwn(labels, label) ? labels[label]! : label,
      split: toSplit(fields[split] ?? '', record),
      note: fields[note] ?? '',
    };
    for (const [field, limit] of limitedFields) {
      const text = row[field];
      if (text.length > limit) {
        const message = `row ${record}: ${field} has ${group(text.length)} characters; at most ${group(limit)} are taken, and the row stays out`;
        add(
          record,
          problem('import-row-too-long', field, message, { row: record, field, count: text.length, limit }),
        );
        return null;
      }
      if (text.isWellFormed()) continue;
      const message = `row ${record}: ${field} holds half a surrogate pair, which no file can; the row stays out`;
      add(record, problem('import-broken-character', field, message, { row: record, field }));
      return null;
    }
    return row;
  };
}

/** FNV-1a over the bytes, and their count: enough to see that a file was changed while it was looked at. */
function revisionOf(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return `${bytes.length}-${(hash >>> 0).toString(16)}`;
}

/** Makes rows from records: columns, splits, labels, and what is left out. */
import type { Split } from '../../data/draft.ts';
import { dataLimits } from '../../data/limits.ts';
import { group } from '../../data/ranges.ts';
import { type Problem, problem, quote } from '../../errors.ts';
import { createGenerator } from '../../tensor/random.ts';
import { type ImportChoices, type ImportedRow, takenRows } from './choices.ts';
import { type ColumnRole, findColumns, looksLikeHeader, splitOf } from './columns.ts';
import type { RecordProblem, Records } from './read-records.ts';
import { isBlank } from './tables.ts';

/** Most problems that are kept; later ones are dropped. */
const keptProblems = 10_000;

export interface RowsPlan {
  /** All choices, as found or as chosen. */
  choices: Required<ImportChoices>;
  /** Names of the columns where there is a header; else null. */
  header: string[] | null;
  content: { kind: 'rows'; rows: ImportedRow[] };
  /** Count of the file's rows, including those not taken; 0 for a text. */
  total: number;
  /** Count of the fields with white space around their text, whether it is removed or not. */
  spaces: number;
  /** The fields of each record that was read, as the file has them, from record 1; empty for a text. */
  records: string[][];
  /** Problems of records that are left out or read differently from what they say, each with its record number. */
  problems: RecordProblem[];
}

/** Makes the rows. `shared` holds the choices settled so far, `choices` what the user has chosen. */
export function toRowsPlan(
  { records, rest, shape, keys, problems }: Records,
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
  // White space around a label is never intended; around a text it may be.
  const trim = choices.trim ?? task === 'label';
  const settled = { ...shared, ...(shape ?? {}), header: header !== null, columns, task, trim };
  const full: number[] = [];
  for (let i = start; i < records.length; i++) {
    // A blank line is no row; an object or a pair of empty texts is one.
    if (!(isTable || shared.form === 'lines') || !isBlank(records[i]!)) full.push(i);
  }
  const rows: ImportedRow[] = [];
  const all = [...problems];
  const reader = rowReader(settled, all);
  for (const i of takenOf(full, settled)) {
    const row = reader.read(records[i]!, i + 1);
    if (row) rows.push(row);
  }
  return {
    choices: settled,
    header,
    content: { kind: 'rows', rows },
    problems: all,
    total: full.length + rest,
    spaces: reader.spaces(),
    records,
  };
}

/** The records that are taken, in their order. */
function takenOf(records: number[], { take, seed }: Required<ImportChoices>): number[] {
  if (take === 'all' || records.length <= takenRows) return records;
  if (take === 'first') return records.slice(0, takenRows);
  const places = createGenerator(seed).permutation(records.length).subarray(0, takenRows).slice().sort();
  return Array.from(places, (place) => records[place]!);
}

const limitedFields = [
  ['input', dataLimits.sampleCharacters],
  ['target', dataLimits.sampleCharacters],
  ['note', dataLimits.noteCharacters],
] as const;

interface RowReader {
  /**
   * The record as a row. A record with more than a row may hold is left out: null is returned and its problem is
   * added.
   */
  read(fields: string[], record: number): ImportedRow | null;
  /** Count of fields so far with white space around their text, whether it is removed or not. */
  spaces(): number;
}

function rowReader(settled: Required<ImportChoices>, problems: RecordProblem[]): RowReader {
  const { columns, labels, split: whole, trim } = settled;
  const place = (role: ColumnRole) => columns.indexOf(role);
  const [input, target, split, note] = [place('input'), place('target'), place('split'), place('note')];
  const renamed = Object.keys(labels).length > 0;
  let spaces = 0;
  const add = (record: number, found: Problem) => {
    if (problems.length < keptProblems) problems.push({ record, problem: found });
  };
  const text = (given: string) => {
    const cut = given.trim();
    if (cut.length === given.length) return given;
    spaces++;
    return trim ? cut : given;
  };
  const toSplit = (word: string, record: number): Split => {
    if (whole !== 'file') return whole;
    const known = splitOf(word);
    if (known === null) {
      const message = `row ${record}: split is ${quote(word)}, which is neither train, validation nor off; it is taken as train`;
      const details = { row: record, found: word.slice(0, 40) };
      add(record, problem('import-unknown-split', 'split', message, details));
    }
    return known ?? 'train';
  };
  return {
    spaces: () => spaces,
    read(fields, record) {
      const label = text(fields[target] ?? '');
      const row: ImportedRow = {
        record,
        input: text(fields[input] ?? ''),
        target: renamed && Object.hasOwn(labels, label) ? labels[label]! : label,
        split: toSplit(fields[split] ?? '', record),
        note: text(fields[note] ?? ''),
      };
      const wrong = whyOut(row);
      if (!wrong) return row;
      add(record, wrong);
      return null;
    },
  };
}

function whyOut(row: ImportedRow): Problem | null {
  const { record } = row;
  for (const [field, limit] of limitedFields) {
    const text = row[field];
    if (text.length > limit) {
      const message = `row ${record}: ${field} has ${group(text.length)} characters; at most ${group(limit)} are taken, and the row stays out`;
      return problem('import-row-too-long', field, message, {
        ...{ row: record, field, count: text.length, limit },
      });
    }
    if (text.isWellFormed()) continue;
    const message = `row ${record}: ${field} holds half a surrogate pair, which no file can; the row stays out`;
    return problem('import-broken-character', field, message, { row: record, field });
  }
  return null;
}

/** Rows of a file for display: what they will become, and what the file has. */
import type { DraftData, Split } from '../../data/draft.ts';
import { targetTokens } from '../../data/samples.ts';
import { splitTokens } from '../../data/tokens.ts';
import type { ImportedRow } from './choices.ts';
import type { CountedProblem } from './counts.ts';
import type { ImportPlan } from './plan.ts';
import type { Repeats } from './repeats.ts';

export interface PreviewRow {
  record: number;
  /** The record's fields by column, as the file has them; long ones are cut off. */
  fields: string[];
  /** The first tokens of the input and the target. */
  input: string[];
  target: string[];
  split: Split;
  note: string;
  /** White space that will be removed: before and after the input, before and after the target. */
  cut: [string, string, string, string];
  /** Number of the record that it repeats; 0: the draft has an equal row; null: it repeats nothing. */
  repeats: number | null;
  /** Whether the row will be imported. */
  isTaken: boolean;
}

const firstRows = 50;
const otherRows = 100;
const shownTokens = 200;
const shownFields = 100;
const shownCharacters = 200;

export function previewRows(
  plan: ImportPlan,
  data: DraftData,
  { kept, doubles, present }: Repeats,
  problems: readonly CountedProblem[],
  longest: number | null,
): PreviewRow[] {
  const rows = plan.content.kind === 'rows' ? plan.content.rows : [];
  const byRecord = new Map<number, ImportedRow>();
  const wanted = new Set(rows.slice(0, firstRows).map(({ record }) => record));
  const last = rows[firstRows - 1]?.record ?? Number.POSITIVE_INFINITY;
  const others = new Set<number>(longest === null ? [] : [longest]);
  for (const { records } of problems)
    for (const record of records.slice(0, otherRows / 2)) others.add(record);
  for (const { record } of [...doubles.keys()].slice(0, 20)) others.add(record);
  for (const record of [...others].slice(0, otherRows)) {
    // Records among the first ones are added only where they are rows; beyond those, also where they are left out.
    if (record > last || rows.length < firstRows || !wanted.has(record)) wanted.add(record);
  }
  for (const row of rows) if (wanted.has(row.record)) byRecord.set(row.record, row);
  const taken = new Set(kept);
  const isPresent = new Set(present);
  const describe = (record: number): PreviewRow => {
    const fields = (plan.records[record - 1] ?? []).slice(0, shownFields);
    const row = byRecord.get(record);
    const shown = row ?? { input: '', target: '', split: 'off' as const, note: '' };
    return {
      record,
      fields: fields.map((field) => field.slice(0, shownCharacters).toWellFormed()),
      ...tokensOf(shown, data),
      split: shown.split,
      note: shown.note.slice(0, shownCharacters).toWellFormed(),
      cut: cutSpaces(plan, fields),
      repeats: row === undefined ? null : isPresent.has(row) ? 0 : (doubles.get(row)?.record ?? null),
      isTaken: row !== undefined && taken.has(row),
    };
  };
  return [...wanted].sort((a, b) => a - b).map(describe);
}

function tokensOf(
  { input, target }: Pick<ImportedRow, 'input' | 'target'>,
  { task, tokens: unit }: DraftData,
): Pick<PreviewRow, 'input' | 'target'> {
  const head = (text: string) => text.slice(0, 40 * shownTokens);
  return {
    input: splitTokens(head(input), unit).slice(0, shownTokens),
    target: targetTokens(head(target), task === 'shapes' ? 'mapping' : task, unit).slice(0, shownTokens),
  };
}

function cutSpaces({ choices }: ImportPlan, fields: readonly string[]): PreviewRow['cut'] {
  if (!choices.trim) return ['', '', '', ''];
  const ends = (role: 'input' | 'target'): [string, string] => {
    const field = fields[choices.columns.indexOf(role)] ?? '';
    const before = field.slice(0, field.length - field.trimStart().length);
    const after = field.trim() === '' ? '' : field.slice(field.trimEnd().length);
    return [before.slice(0, 10), after.slice(0, 10)];
  };
  return [...ends('input'), ...ends('target')];
}

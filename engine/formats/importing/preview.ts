/** What an import would do to the draft, said before it is done. */
import type { Draft, Split } from '../../data/draft.ts';
import { applyEdit } from '../../data/draft-edits.ts';
import { draftRowCheck, draftVocabulary } from '../../data/draft-problems.ts';
import { targetTokens } from '../../data/samples.ts';
import { splitTokens } from '../../data/tokens.ts';
import { LabError, type Problem, type Result, success } from '../../errors.ts';
import { importEdit } from './import-edit.ts';
import type { ImportedRow, ImportPlan } from './plan.ts';

export interface ImportPreview extends Omit<ImportPlan, 'content' | 'problems'> {
  /** null: it cannot be applied so; `refused` says why. */
  refused: Problem[] | null;
  /** The first rows as tokens; of a long one the first tokens. Empty for a text. */
  rows: PreviewRow[];
  /** The first characters of a text; null: rows. */
  text: { preview: string; characters: number; tokens: number } | null;
  /** Rows that come in, by split. */
  counts: Record<Split, number>;
  /** Each kind of problem once, the most frequent first, with the numbers of its records. */
  problems: CountedProblem[];
  /** Rows whose input and target came before, in the file or in the draft. */
  doubles: Counted;
  /** Rows whose input came before with another target. */
  contradictions: Counted;
  /** Of a label set: each label, as it is taken, with its rows. The most frequent first. */
  labels: { label: string; count: number }[];
  vocabulary: VocabularyChange;
}

export interface PreviewRow {
  record: number;
  input: string[];
  target: string[];
  split: Split;
  note: string;
}

export interface Counted {
  count: number;
  /** The first of them. */
  records: number[];
}

export interface CountedProblem extends Counted {
  code: string;
  /** The first one's sentence. */
  first: Problem;
}

export interface VocabularyChange {
  before: number;
  after: number;
  /** The first of them, in the order of the vocabularies; targets of their own are not counted. */
  added: string[];
  removed: string[];
}

const shownRows = 50;
const shownTokens = 200;
const shownRecords = 1000;
const shownLabels = 200;
const shownCharacters = 4000;

/** O(rows) over the file and the draft. */
export function previewImport(draft: Draft, plan: ImportPlan): ImportPreview {
  const { content, problems, ...rest } = plan;
  const after = applied(draft, plan);
  const next = after.ok ? after.value : draft;
  const rows = content.kind === 'rows' ? content.rows : [];
  const { task, tokens: unit } = next.data;
  const counts: Record<Split, number> = { train: 0, validation: 0, off: 0 };
  for (const row of rows) counts[row.split]++;
  const sequenceTask = task === 'shapes' ? 'mapping' : task;
  return {
    ...rest,
    refused: after.ok ? null : after.problems,
    rows: rows.slice(0, shownRows).map(({ record, input, target, split, note }) => ({
      record,
      input: splitTokens(input.slice(0, 40 * shownTokens), unit).slice(0, shownTokens),
      target: targetTokens(target.slice(0, 40 * shownTokens), sequenceTask, unit).slice(0, shownTokens),
      split,
      note: note.slice(0, shownTokens),
    })),
    text: content.kind === 'rows' ? null : describeText(content.text, splitTokens(content.text, unit).length),
    counts,
    problems: countProblems([...problems, ...(after.ok ? rowProblems(next, rows, draft) : [])]),
    ...findRepeats(plan.choices.mode === 'append' ? draft : null, rows),
    labels: task === 'label' ? countLabels(rows) : [],
    vocabulary: compareVocabularies(draft, next),
  };
}

function describeText(text: string, tokens: number): NonNullable<ImportPreview['text']> {
  return { preview: text.slice(0, shownCharacters).toWellFormed(), characters: text.length, tokens };
}

/** The draft with the plan applied; or why that cannot be. */
function applied(draft: Draft, plan: ImportPlan): Result<Draft> {
  const edit = importEdit(draft, plan);
  if (!edit.ok) return edit;
  try {
    return success(applyEdit(draft, edit.value).draft);
  } catch (error) {
    if (error instanceof LabError) return { ok: false, problems: [error.problem] };
    throw error;
  }
}

interface Found {
  record: number | null;
  problem: Problem;
}

/** What the grid would say of the rows that come in: they are the draft's last. */
function rowProblems(next: Draft, rows: readonly ImportedRow[], before: Draft): Found[] {
  const check = draftRowCheck(next);
  const first = next.rows.length - rows.length;
  // The rows themselves may have been replaced; those that came in stand at the end either way.
  if (rows.length === 0 || first < 0 || (next === before && rows.length > 0)) return [];
  return rows.flatMap(({ record }, i) => {
    const row = next.rows[first + i]!;
    return check(row, first + i).map(({ problem }) => ({ record, problem }));
  });
}

function countProblems(found: readonly Found[]): CountedProblem[] {
  const kinds = new Map<string, CountedProblem & { last: number | null }>();
  for (const { record, problem } of found) {
    const kind = kinds.get(problem.code) ?? {
      code: problem.code,
      count: 0,
      records: [],
      first: problem,
      last: -1,
    };
    kinds.set(problem.code, kind);
    // Two wrong tokens of one row are one row with that problem.
    if (record !== null && record === kind.last) continue;
    kind.last = record;
    kind.count++;
    if (record !== null && kind.records.length < shownRecords) kind.records.push(record);
  }
  return [...kinds.values()].map(({ last: _, ...kind }) => kind).sort((a, b) => b.count - a.count);
}

function findRepeats(
  draft: Draft | null,
  rows: readonly ImportedRow[],
): Pick<ImportPreview, 'doubles' | 'contradictions'> {
  const doubles: Counted = { count: 0, records: [] };
  const contradictions: Counted = { count: 0, records: [] };
  const targets = new Map<string, Set<string>>();
  const note = (counted: Counted, record: number) => {
    counted.count++;
    if (counted.records.length < shownRecords) counted.records.push(record);
  };
  for (const { input, target } of draft?.rows ?? []) {
    targets.set(input, (targets.get(input) ?? new Set()).add(target));
  }
  for (const { record, input, target } of rows) {
    const known = targets.get(input);
    if (known?.has(target)) note(doubles, record);
    else if (known) note(contradictions, record);
    targets.set(input, (known ?? new Set()).add(target));
  }
  return { doubles, contradictions };
}

function countLabels(rows: readonly ImportedRow[]): ImportPreview['labels'] {
  const counts = new Map<string, number>();
  for (const { target } of rows) counts.set(target, (counts.get(target) ?? 0) + 1);
  const all = [...counts].map(([label, count]) => ({ label, count }));
  return all.sort((a, b) => b.count - a.count).slice(0, shownLabels);
}

function compareVocabularies(draft: Draft, next: Draft): VocabularyChange {
  const before = draftVocabulary(draft).vocabulary;
  const after = draftVocabulary(next).vocabulary;
  const [had, has] = [new Set(before), new Set(after)];
  return {
    before: before.length,
    after: after.length,
    added: after.filter((token) => !had.has(token)).slice(0, shownLabels),
    removed: before.filter((token) => !has.has(token)).slice(0, shownLabels),
  };
}

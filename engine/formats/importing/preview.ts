/** What an import would do to the draft, said before it is done. */
import type { Draft, Split } from '../../data/draft.ts';
import { applyEdit } from '../../data/draft-edits.ts';
import { draftRowCheck, draftVocabulary } from '../../data/draft-problems.ts';
import { splitTokens } from '../../data/tokens.ts';
import { LabError, type Problem, type Result, success } from '../../errors.ts';
import type { ImportedRow } from './choices.ts';
import { type Counted, type CountedProblem, counted, countProblems } from './counts.ts';
import { importEdit } from './import-edit.ts';
import { type DraftLabels, findDraftLabels } from './labels.ts';
import type { ImportPlan } from './plan.ts';
import { type PreviewRow, previewRows } from './preview-rows.ts';
import type { RecordProblem } from './read-records.ts';
import { findRepeats } from './repeats.ts';

export interface ImportPreview extends Omit<ImportPlan, 'content' | 'problems' | 'records'>, DraftLabels {
  /** null: it cannot be applied so; `refused` says why. */
  refused: Problem[] | null;
  /** The first rows, then those beyond them that something is to be said of. Empty for a text. */
  rows: PreviewRow[];
  /** The first characters of a text; null: rows. */
  text: { preview: string; characters: number; tokens: number } | null;
  /** Rows that come in, by split. */
  counts: Record<Split, number>;
  /** Each kind of problem once, the most frequent first, with the numbers of its records. */
  problems: CountedProblem[];
  /** Rows whose input and target came before in the file. */
  doubles: Counted;
  /** Rows whose input and target are in the draft, where they come after its rows. */
  present: Counted;
  /** Rows whose input came before with another target. */
  contradictions: Counted;
  /** The row with the most characters in its input; null: there is none. */
  longest: number | null;
  vocabulary: VocabularyChange;
}

export interface VocabularyChange {
  before: number;
  after: number;
  /** The first of them, in the order of the vocabularies; targets of their own are not counted. */
  added: string[];
  removed: string[];
}

const shownTokens = 200;
const shownCharacters = 4000;

/** O(rows) over the file and the draft. */
export function previewImport(draft: Draft, plan: ImportPlan): ImportPreview {
  const { content, problems: ofRecords, records, ...rest } = plan;
  const after = applied(draft, plan);
  const next = after.ok ? after.value : draft;
  const repeats = findRepeats(draft, content.kind === 'rows' ? content.rows : [], plan.choices);
  const rows = repeats.kept;
  const counts: Record<Split, number> = { train: 0, validation: 0, off: 0 };
  for (const row of rows) counts[row.split]++;
  const problems = countProblems([...ofRecords, ...(after.ok ? rowProblems(next, rows, draft) : [])]);
  const longest = findLongest(rows);
  const { tokens: unit } = next.data;
  return {
    ...rest,
    refused: after.ok ? null : after.problems,
    rows: content.kind === 'rows' ? previewRows(plan, next.data, repeats, problems, longest) : [],
    text: content.kind === 'rows' ? null : describeText(content.text, splitTokens(content.text, unit).length),
    counts,
    problems,
    doubles: counted([...repeats.doubles.keys()]),
    present: counted(repeats.present),
    contradictions: counted(repeats.contradictions),
    longest,
    ...findDraftLabels(draft, next.data.task, rows),
    vocabulary: compareVocabularies(draft, next),
  };
}

function findLongest(rows: readonly ImportedRow[]): number | null {
  let longest: ImportedRow | null = null;
  for (const row of rows) if (longest === null || row.input.length > longest.input.length) longest = row;
  return longest?.record ?? null;
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

/** What the grid would say of the rows that come in: they are the draft's last. */
function rowProblems(next: Draft, rows: readonly ImportedRow[], before: Draft): RecordProblem[] {
  const check = draftRowCheck(next);
  const first = next.rows.length - rows.length;
  // The rows themselves may have been replaced; those that came in stand at the end either way.
  if (rows.length === 0 || first < 0 || (next === before && rows.length > 0)) return [];
  const found: RecordProblem[] = [];
  rows.forEach(({ record }, i) => {
    for (const { problem } of check(next.rows[first + i]!, first + i)) found.push({ record, problem });
  });
  return found;
}

function compareVocabularies(draft: Draft, next: Draft): VocabularyChange {
  const before = draftVocabulary(draft).vocabulary;
  const after = draftVocabulary(next).vocabulary;
  const [had, has] = [new Set(before), new Set(after)];
  return {
    before: before.length,
    after: after.length,
    added: after.filter((token) => !had.has(token)).slice(0, shownTokens),
    removed: before.filter((token) => !has.has(token)).slice(0, shownTokens),
  };
}

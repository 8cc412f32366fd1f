/** Tells what an import would do to the draft, before it is done. */
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
  /** Why the plan cannot be applied; null where it can. */
  refused: Problem[] | null;
  /** The first rows, then rows beyond them that have a problem or repeat another. Empty for a text. */
  rows: PreviewRow[];
  /** The beginning and the size of a text; null for rows. */
  text: { preview: string; characters: number; tokens: number } | null;
  /** Rows that will be imported, by split. */
  counts: Record<Split, number>;
  /** Each kind of problem once, the most frequent first, with its record numbers. */
  problems: CountedProblem[];
  /** Rows whose input and target came before in the file. */
  doubles: Counted;
  /** Rows whose input and target the draft has already; only in mode `append`. */
  present: Counted;
  /** Rows whose input came before with another target. */
  contradictions: Counted;
  /** Record number of the row with the longest input; null where there are no rows. */
  longest: number | null;
  vocabulary: VocabularyChange;
}

export interface VocabularyChange {
  before: number;
  after: number;
  /**
   * The first tokens added and removed, in the vocabularies' order. A separate target vocabulary is not compared.
   */
  added: string[];
  removed: string[];
}

const shownTokens = 200;
const shownCharacters = 4000;

/** Previews the plan in O(rows) over the file and the draft. */
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

/** The draft with the plan applied, or why it cannot be applied. */
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

/** The problems that the grid would show for the imported rows, which are the last of the draft. */
function rowProblems(next: Draft, rows: readonly ImportedRow[], before: Draft): RecordProblem[] {
  const check = draftRowCheck(next);
  const first = next.rows.length - rows.length;
  // The draft's own rows may have been replaced; the imported rows are at the end in either case.
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

import type { Draft, DraftData, DraftEdit, DraftRow } from '../../data/draft.ts';
import { nextRowId } from '../../data/draft.ts';
import { failure, problem, type Result, success } from '../../errors.ts';
import type { ImportChoices } from './choices.ts';
import { rowsToTake } from './repeats.ts';

/** The parts of a plan that go into a draft. */
export interface TakenPlan {
  choices: Required<ImportChoices>;
  content: { kind: 'rows'; rows: readonly Omit<DraftRow, 'id'>[] } | { kind: 'text'; text: string };
}

/**
 * The plan as one edit of the draft, and so one step of undo: its rows or its text replace the draft's or come after
 * them. A frozen vocabulary stays frozen. Fails where rows would come after a text.
 */
export function importEdit(draft: Draft, plan: TakenPlan): Result<DraftEdit> {
  const { content, choices } = plan;
  if (content.kind === 'text') return success(textEdit(draft, content.text, choices.mode, choices.split));
  const current = draft.data.task === 'shapes' ? 'mapping' : draft.data.task;
  const task = choices.task ?? current;
  if (choices.mode === 'append' && task === 'language-model' && draft.data.text !== '') {
    const message =
      'the draft has a text, after which no rows can come: a language model reads a text or rows; replace it, or take the file as a text';
    return failure(problem('import-append-to-text', 'mode', message));
  }
  const patch: Partial<DraftData> = task === draft.data.task ? {} : { task };
  if (choices.mode === 'replace' && draft.data.text !== '') patch.text = '';
  if (choices.mode === 'replace' && draft.data.textValidation) patch.textValidation = null;
  const id = nextRowId(draft);
  const rows = rowsToTake(draft, content.rows, choices).map(
    ({ input, target, split, note }, i): DraftRow => ({ id: id + i, input, target, split, note }),
  );
  const edits: DraftEdit[] = Object.keys(patch).length > 0 ? [{ kind: 'data', patch }] : [];
  if (choices.mode === 'replace' && draft.rows.length > 0) {
    edits.push({ kind: 'rows.remove', ids: draft.rows.map((row) => row.id) });
  }
  const at = choices.mode === 'replace' ? 0 : draft.rows.length;
  return success({ kind: 'all', edits: [...edits, { kind: 'rows.insert', at, rows }] });
}

/** Puts a text into the draft, as its training text or as its held-back text. */
function textEdit(draft: Draft, text: string, mode: 'replace' | 'append', split: string): DraftEdit {
  const { textValidation: held } = draft.data;
  const joined = (before: string) =>
    before === '' || before.endsWith('\n') ? before + text : `${before}\n${text}`;
  const before = held && 'text' in held ? held.text : '';
  const patch: Partial<DraftData> =
    split === 'validation'
      ? { textValidation: { text: mode === 'append' ? joined(before) : text } }
      : { text: mode === 'append' ? joined(draft.data.text) : text };
  if (draft.data.task !== 'language-model') patch.task = 'language-model';
  return { kind: 'all', edits: [{ kind: 'data', patch }] };
}

/** How many rows an import's edit inserts; a text counts as one. */
export function countImported(edit: DraftEdit): number {
  const parts = edit.kind === 'all' ? edit.edits : [edit];
  const rows = parts.find((part) => part.kind === 'rows.insert');
  return rows ? rows.rows.length : 1;
}

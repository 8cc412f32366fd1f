/** Undo and redo: a line of changes in the project file, each with what takes it back. */
import type { DatabaseSync } from 'node:sqlite';
import type { Draft, DraftEdit } from '../../engine/data/draft.ts';
import { applyEdit } from '../../engine/data/draft-edits.ts';
import type { EditLabel, HistoryView } from '../api.ts';
import { readRevision, storeDraft } from './draft-store.ts';
import { inTransaction } from './migrations.ts';

/** Older changes are forgotten; a lesson makes a few hundred. */
const longestHistory = 5000;

export interface Committed {
  draft: Draft;
  /** The edit that led there: the change itself, or its inverse when it was taken back. */
  edit: DraftEdit;
  history: HistoryView;
}

/** Applies a change and commits it with its inverse; what could be done again until now cannot any more. */
export function commitEdit(
  database: DatabaseSync,
  before: Draft,
  edit: DraftEdit,
  label: EditLabel,
): Committed {
  const { draft, inverse } = applyEdit(before, edit);
  return inTransaction(database, () => {
    database.prepare('DELETE FROM change WHERE undone = 1').run();
    const { lastInsertRowid } = database
      .prepare('INSERT INTO change (made_at, label, edit, inverse) VALUES (?, ?, ?, ?)')
      .run(new Date().toISOString(), JSON.stringify(label), JSON.stringify(edit), JSON.stringify(inverse));
    database.prepare('DELETE FROM change WHERE id <= ?').run(Number(lastInsertRowid) - longestHistory);
    storeDraft(database, before, draft, edit, readRevision(database) + 1);
    return { draft, edit, history: readHistory(database) };
  });
}

/** Takes back the last change; null where there is none. */
export function commitUndo(database: DatabaseSync, before: Draft): Committed | null {
  return travel(database, before, lastDone(database), 'inverse', 1);
}

/** Does the change again that was taken back last; null where there is none. */
export function commitRedo(database: DatabaseSync, before: Draft): Committed | null {
  return travel(database, before, firstUndone(database), 'edit', 0);
}

function travel(
  database: DatabaseSync,
  before: Draft,
  change: StoredChange | undefined,
  along: 'edit' | 'inverse',
  undone: 0 | 1,
): Committed | null {
  if (!change) return null;
  const edit = JSON.parse(change[along]) as DraftEdit;
  const { draft } = applyEdit(before, edit);
  return inTransaction(database, () => {
    database.prepare('UPDATE change SET undone = ? WHERE id = ?').run(undone, change.id);
    storeDraft(database, before, draft, edit, readRevision(database) + 1);
    return { draft, edit, history: readHistory(database) };
  });
}

export function readHistory(database: DatabaseSync): HistoryView {
  const labelOf = (change: StoredChange | undefined) =>
    change ? (JSON.parse(change.label) as EditLabel) : null;
  return {
    revision: readRevision(database),
    undo: labelOf(lastDone(database)),
    redo: labelOf(firstUndone(database)),
    savedAt: new Date().toISOString(),
  };
}

interface StoredChange {
  id: number;
  label: string;
  edit: string;
  inverse: string;
}

function lastDone(database: DatabaseSync): StoredChange | undefined {
  return database
    .prepare('SELECT id, label, edit, inverse FROM change WHERE undone = 0 ORDER BY id DESC LIMIT 1')
    .get() as StoredChange | undefined;
}

function firstUndone(database: DatabaseSync): StoredChange | undefined {
  return database
    .prepare('SELECT id, label, edit, inverse FROM change WHERE undone = 1 ORDER BY id LIMIT 1')
    .get() as StoredChange | undefined;
}

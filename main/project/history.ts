/** Undo and redo: a linear history of changes in the project file, each stored with its inverse. */
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { Draft, DraftEdit } from '../../engine/data/draft.ts';
import { applyEdit } from '../../engine/data/draft-edits.ts';
import type { Problem } from '../../engine/errors.ts';
import { stringifyLong } from '../../engine/formats/stringify-long.ts';
import type { EditLabel, HistoryView } from '../api.ts';
import { draftEditSchema } from './draft-schema.ts';
import { readRevision, storeDraft, writeRevision } from './draft-store.ts';
import { checkCell, readCell } from './json-cells.ts';
import { repairEdit } from './repair-draft.ts';
import { applyRunEdit, isRunEdit, type RunEdit, runEditSchema, runEditsOf } from './run-edits.ts';

/** The most changes kept; older ones are forgotten. A lesson makes a few hundred. */
const longestHistory = 5000;
/** The most bytes of all changes together: a pasted text of 10 MB can be undone many times, but not without limit. */
const largestHistoryBytes = 128 * 1024 * 1024;

export type ProjectEdit = DraftEdit | RunEdit;

export interface Committed {
  draft: Draft;
  /** The edit of the draft: the change, or its inverse for an undo; empty if a run was changed. */
  edit: DraftEdit;
  /** The runs that were changed; none for a change of the draft. */
  runIds: string[];
  history: HistoryView;
  /** Numbers of the change that an older lab could not store, and their replacements. */
  repairs: Problem[];
}

/**
 * Applies a change and stores it with its inverse. Changes that could have been redone are deleted. Like all functions
 * here, it runs in the caller's transaction. Throws a LabError if the edit does not fit.
 */
export function commitEdit(
  database: DatabaseSync,
  before: Draft,
  edit: ProjectEdit,
  label: EditLabel,
): Committed {
  database.prepare('DELETE FROM change WHERE undone = 1').run();
  const store = (inverse: ProjectEdit | null) => insertChange(database, label, edit, inverse);
  let draft = before;
  if (isRunEdit(edit)) {
    // The inverse refers to the change's id, so the change is inserted first.
    const id = store(null);
    const text = JSON.stringify(applyRunEdit(database, edit, id));
    database
      .prepare('UPDATE change SET inverse = ?, bytes = bytes + ? WHERE id = ?')
      .run(text, text.length, id);
  } else {
    const applied = applyEdit(before, edit);
    storeDraft(database, before, applied.draft, edit);
    store(applied.inverse);
    ({ draft } = applied);
  }
  forgetOldest(database);
  return outcome(database, draft, edit);
}

/**
 * Stores the creation of runs that are already in the file as one change: undo deletes them, and redo brings them back.
 */
export function commitNewRuns(
  database: DatabaseSync,
  draft: Draft,
  runIds: readonly string[],
  label: EditLabel,
): Committed {
  const ofAll = (kind: 'run.restore' | 'run.delete'): RunEdit =>
    runIds.length === 1
      ? { kind, runId: runIds[0]! }
      : { kind: 'run.all', edits: runIds.map((runId) => ({ kind, runId })) };
  const edit = ofAll('run.restore');
  database.prepare('DELETE FROM change WHERE undone = 1').run();
  insertChange(database, label, edit, ofAll('run.delete'));
  forgetOldest(database);
  return outcome(database, draft, edit);
}

function insertChange(
  database: DatabaseSync,
  label: EditLabel,
  edit: ProjectEdit,
  inverse: ProjectEdit | null,
): number {
  const texts = [label, edit, inverse].map(stringifyLong);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const insert = database.prepare(
    'INSERT INTO change (made_at, bytes, label, edit, inverse) VALUES (?, ?, ?, ?, ?)',
  );
  return Number(insert.run(new Date().toISOString(), bytes, ...texts).lastInsertRowid);
}

/** Undoes the last change; null if there is none. */
export function commitUndo(database: DatabaseSync, before: Draft): Committed | null {
  return travel(database, before, lastDone(database), 'inverse', 1);
}

/** Redoes the change that was undone last; null if there is none. */
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
  const { edit, repairs } = readEdit(change, along);
  const draft = apply(database, before, edit, change.id);
  database.prepare('UPDATE change SET undone = ? WHERE id = ?').run(undone, change.id);
  return { ...outcome(database, draft, edit), repairs };
}

/** The edit that the next undo or redo would apply; null if there is none. */
export function nextEdit(database: DatabaseSync, way: 'undo' | 'redo'): ProjectEdit | null {
  const change = way === 'undo' ? lastDone(database) : firstUndone(database);
  if (!change) return null;
  return readEdit(change, way === 'undo' ? 'inverse' : 'edit').edit;
}

/** Reads an edit, with its numbers repaired if needed. Throws a LabError if the cell does not hold an edit. */
function readEdit(
  change: StoredChange,
  along: 'edit' | 'inverse',
): { edit: ProjectEdit; repairs: Problem[] } {
  const where = `change ${change.id}, ${along}`;
  const stored = readCell(change[along], where, v.unknown());
  const repairs = v.is(projectEditSchema, stored) ? [] : repairEdit(stored);
  return { edit: checkCell(stored, where, projectEditSchema), repairs };
}

const projectEditSchema: v.GenericSchema<unknown, ProjectEdit> = v.union([draftEditSchema, runEditSchema]);

function apply(database: DatabaseSync, before: Draft, edit: ProjectEdit, changeId: number): Draft {
  if (isRunEdit(edit)) {
    applyRunEdit(database, edit, changeId);
    return before;
  }
  const { draft } = applyEdit(before, edit);
  storeDraft(database, before, draft, edit);
  return draft;
}

function outcome(database: DatabaseSync, draft: Draft, edit: ProjectEdit): Committed {
  writeRevision(database, readRevision(database).revision + 1);
  const ofRun = isRunEdit(edit);
  return {
    draft,
    edit: ofRun ? { kind: 'all', edits: [] } : edit,
    runIds: ofRun ? runEditsOf(edit).map(({ runId }) => runId) : [],
    history: readHistory(database),
    repairs: [],
  };
}

/** Deletes the oldest changes beyond the limits. Runs that such a change deleted are removed for good. */
function forgetOldest(database: DatabaseSync): void {
  database
    .prepare(
      `DELETE FROM change WHERE id < (SELECT max(id) FROM change) AND id IN (
         SELECT id FROM (SELECT id, row_number() OVER newest AS place, sum(bytes) OVER newest AS total
           FROM change WINDOW newest AS (ORDER BY id DESC))
         WHERE place > ? OR total > ?)`,
    )
    .run(longestHistory, largestHistoryBytes);
}

/**
 * The revision, and the labels of the changes that undo and redo would apply. Throws a LabError if they are damaged.
 */
export function readHistory(database: DatabaseSync): HistoryView {
  // Only the labels are read, because the changes may have a hundred megabytes.
  const labelOf = (order: string) => {
    const change = database.prepare(`SELECT id, label FROM change ${order} LIMIT 1`).get();
    return change ? readCell(change.label, `change ${change.id}, label`, labelSchema) : null;
  };
  return { ...readRevision(database), undo: labelOf(lastDoneOrder), redo: labelOf(firstUndoneOrder) };
}

const labelSchema: v.GenericSchema<unknown, EditLabel> = v.object({
  key: v.string(),
  values: v.record(
    v.string(),
    // null: a number that was not finite, written by an older lab.
    v.union([
      v.string(),
      v.number(),
      v.pipe(
        v.null(),
        v.transform(() => '?'),
      ),
    ]),
  ),
});

interface StoredChange {
  id: number;
  label: string;
  edit: string;
  inverse: string;
}

const lastDoneOrder = 'WHERE undone = 0 ORDER BY id DESC';
const firstUndoneOrder = 'WHERE undone = 1 ORDER BY id';

function lastDone(database: DatabaseSync): StoredChange | undefined {
  return database.prepare(`SELECT id, label, edit, inverse FROM change ${lastDoneOrder} LIMIT 1`).get() as
    | StoredChange
    | undefined;
}

function firstUndone(database: DatabaseSync): StoredChange | undefined {
  return database.prepare(`SELECT id, label, edit, inverse FROM change ${firstUndoneOrder} LIMIT 1`).get() as
    | StoredChange
    | undefined;
}

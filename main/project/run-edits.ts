/** Edits of an existing run: its name, its notes, its deletion. They are undone like edits of the draft. */
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { LabError, problem } from '../../engine/errors.ts';

export type RunEdit =
  | { kind: 'run.change'; runId: string; name?: string | undefined; notes?: string | undefined }
  | { kind: 'run.delete'; runId: string }
  /** Undoes a deletion. */
  | { kind: 'run.restore'; runId: string }
  /** Several runs in one step. */
  | { kind: 'run.all'; edits: OneRunEdit[] };

type OneRunEdit = Exclude<RunEdit, { kind: 'run.all' }>;

const runId = v.pipe(v.string(), v.regex(/^\d{1,15}$/));
export const runName = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1000));
export const runNotes = v.pipe(v.string(), v.maxLength(100_000));

const oneRunEdit = v.variant('kind', [
  v.strictObject({
    kind: v.literal('run.change'),
    runId,
    name: v.optional(v.string()),
    notes: v.optional(runNotes),
  }),
  v.strictObject({ kind: v.picklist(['run.delete', 'run.restore']), runId }),
]);

export const runEditSchema: v.GenericSchema<unknown, RunEdit> = v.variant('kind', [
  oneRunEdit,
  v.strictObject({ kind: v.literal('run.all'), edits: v.array(oneRunEdit) }),
]) as v.GenericSchema<unknown, RunEdit>;

/** Whether an edit is of a run rather than of the draft. */
export function isRunEdit(edit: { kind: string }): edit is RunEdit {
  return edit.kind.startsWith('run.');
}

/** The edits of single runs that an edit consists of. */
export const runEditsOf = (edit: RunEdit): OneRunEdit[] => (edit.kind === 'run.all' ? edit.edits : [edit]);

/**
 * Applies an edit and returns its inverse. A deleted run stays in the file as long as the change that deleted it can be
 * undone. Throws a LabError if there is no such run.
 */
export function applyRunEdit(database: DatabaseSync, edit: RunEdit, changeId: number): RunEdit {
  if (edit.kind !== 'run.all') return applyOne(database, edit, changeId);
  const inverses = edit.edits.map((one) => applyOne(database, one, changeId));
  return { kind: 'run.all', edits: inverses.reverse() };
}

function applyOne(database: DatabaseSync, edit: OneRunEdit, changeId: number): OneRunEdit {
  const id = Number(edit.runId);
  const run = database.prepare('SELECT name, notes, deleted_by FROM run WHERE id = ?').get(id);
  const isThere = run !== undefined && (run.deleted_by !== null) === (edit.kind === 'run.restore');
  if (!isThere) {
    const message = `run ${edit.runId}: this project has no such run`;
    throw new LabError(problem('run-missing', '', message, { runId: edit.runId }));
  }
  switch (edit.kind) {
    case 'run.delete':
      database.prepare('UPDATE run SET deleted_by = ? WHERE id = ?').run(changeId, id);
      return { kind: 'run.restore', runId: edit.runId };
    case 'run.restore':
      database.prepare('UPDATE run SET deleted_by = NULL WHERE id = ?').run(id);
      return { kind: 'run.delete', runId: edit.runId };
    case 'run.change': {
      const name = edit.name ?? String(run.name);
      const notes = edit.notes ?? String(run.notes);
      database.prepare('UPDATE run SET name = ?, notes = ? WHERE id = ?').run(name, notes, id);
      return { kind: 'run.change', runId: edit.runId, name: String(run.name), notes: String(run.notes) };
    }
  }
}

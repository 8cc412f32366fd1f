/**
 * Looks into a file that may come from anywhere, and changes nothing of it: whether it is a project, down to each
 * object of its schema. Only then may it be opened.
 */
import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { failure, type Problem, type Result, success } from '../../engine/errors.ts';
import { connect } from './connect.ts';
import { readHeader } from './file-header.ts';
import { fileProblem, isSqliteError } from './file-problems.ts';
import { damaged } from './json-cells.ts';
import { checkObjects } from './known-objects.ts';
import { whyNoSchema } from './schema-pages.ts';

type Deeper = (database: DatabaseSync, version: number) => void;

/** The file's version, or why it is not opened. `deeper` goes on where all is well, and throws a LabError where it is not. */
export function inspectFile(path: string, deeper: Deeper = () => {}): Result<{ version: number }> {
  const header = readHeader(path);
  if ('code' in header) return failure(header);
  try {
    return success(look(path, header.pageBytes, deeper));
  } catch (error) {
    if (!header.hasJournal || !needsRollback(error)) return failure(fileProblem(path, error));
  }
  return inspectAsRolledBack(path, deeper);
}

/** On a connection that cannot write. Its read lock holds writers off while the pages are walked. */
function look(path: string, pageBytes: number, deeper: Deeper): { version: number } {
  // Opened first: closing a descriptor gives up all locks that this process has on the file (fcntl).
  const descriptor = openSync(path, 'r');
  const database = connect(path, { readOnly: true });
  try {
    // Of the header alone; no schema is read for it.
    const readVersion = database.prepare('PRAGMA user_version');
    database.exec('BEGIN');
    const version = Number(readVersion.get()!.user_version);
    const why = whyNoSchema(descriptor, pageBytes);
    if (why !== null) throw damaged('its schema', why);
    checkObjects(database);
    deeper(database, version);
    return { version };
  } finally {
    database.close();
    closeSync(descriptor);
  }
}

/** SQLITE_READONLY_ROLLBACK: the journal beside it belongs to a write that a crash cut off, or somebody made it so. */
function needsRollback(error: unknown): boolean {
  return isSqliteError(error) && error.errcode === 776;
}

/** With the journal, copies are what the file will be; the file itself is left as it is until that is known. */
function inspectAsRolledBack(path: string, deeper: Deeper): Result<{ version: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'ohlol-'));
  try {
    const copy = join(folder, 'copy.ohlol');
    copyFileSync(path, copy);
    copyFileSync(`${path}-journal`, `${copy}-journal`);
    const database = connect(copy, { readOnly: false });
    try {
      database.prepare('PRAGMA user_version').get();
    } finally {
      database.close();
    }
    const inspected = inspectFile(copy, deeper);
    return inspected.ok
      ? inspected
      : failure(...inspected.problems.map((problem) => atPath(problem, copy, path)));
  } catch (error) {
    return failure(fileProblem(path, error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function atPath(problem: Problem, copy: string, path: string): Problem {
  const details = { ...problem.details, path };
  return { ...problem, message: problem.message.replaceAll(copy, path), details };
}

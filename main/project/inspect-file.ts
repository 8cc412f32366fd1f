/**
 * Inspects a file of any origin without changing it: whether it is a project, down to each object of its schema. Only a
 * file that passes may be opened.
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

/**
 * The file's version, or why it must not be opened. If the schema is sound, `deeper` continues the inspection; it
 * throws a LabError on a fault.
 */
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

/** Inspects the file on a connection that cannot write. Its read lock keeps writers away while the pages are walked. */
function look(path: string, pageBytes: number, deeper: Deeper): { version: number } {
  // The descriptor is opened first and closed last: closing it releases all locks of this process on the file (fcntl).
  const descriptor = openSync(path, 'r');
  const database = connect(path, { readOnly: true });
  try {
    // Reads the header alone, not the schema.
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

/**
 * SQLITE_READONLY_ROLLBACK: the journal beside the file belongs to a write that a crash interrupted, or was made to
 * look so.
 */
function needsRollback(error: unknown): boolean {
  return isSqliteError(error) && error.errcode === 776;
}

/**
 * Inspects copies of file and journal, rolled back as the file would be. The file itself stays unchanged until the
 * result is known.
 */
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

/** Copies of an open project: one that the user asks for, and the one that work goes on in when the file is lost. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import type { Draft } from '../../engine/data/draft.ts';
import { failure, LabError, type Result, success } from '../../engine/errors.ts';
import type { CopySaved } from '../api.ts';
import { cutName, mostNameBytes } from '../cut-name.ts';
import { type AtomicFile, newFile, ownFile, startFile } from '../files.ts';
import { writeProblem } from '../write-guard.ts';
import { connect } from './connect.ts';
import { isSameDraft, readDraft, replaceDraft, writeWholeDraft } from './draft-store.ts';
import { fileProblem, isSqliteError, projectProblem, resultCode } from './file-problems.ts';
import { forgetLock, holdsLock, takeLock } from './lock.ts';
import { inTransaction, makeTables } from './migrations.ts';
import { copyInto, copyWithin, modeOf, openDatabase, type ProjectFile } from './project-file.ts';

/** Copied between two looks at other work: about a megabyte. */
const pagesAtOnce = 256;

/**
 * Writes everything to another file, whole or not at all. Resolves when it outlives a power cut. `atOnce`: nothing
 * else gets its turn meanwhile, so that what is in the project is in the copy.
 */
export async function saveCopy(
  { database, path: from }: ProjectFile,
  to: string,
  { overwrite, atOnce }: { overwrite: boolean; atOnce: boolean },
): Promise<Result<CopySaved>> {
  if (isSameFile(from, to)) {
    return failure(projectProblem('project-same-file', to, 'it is the project itself; choose another name'));
  }
  let file: AtomicFile | null = null;
  try {
    file = startFile(to, {
      ...(overwrite ? ownFile : newFile),
      mode: modeOf(from),
      // What a crash left of a file that was there would be rolled back into this one.
      clears: ['-journal'],
    });
    const temporary = file.temporary();
    if (atOnce) copyWithin(database, temporary);
    else await backup(database, temporary, { rate: pagesAtOnce });
    const copy = connect(temporary, { readOnly: false });
    copy.exec('DELETE FROM lock');
    copy.close();
    await file.commit();
    return success({ path: to, bytes: statSync(to).size });
  } catch (error) {
    file?.discard();
    return failure(isSqliteError(error) ? fileProblem(to, error) : writeProblem(to, error));
  }
}

function isSameFile(path: string, other: string): boolean {
  const [one, two] = [path, other].map((name) => statSync(name, { throwIfNoEntry: false, bigint: true }));
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino;
}

/**
 * Puts a copy in `folder` in the place of a file that is lost. The old file is let go of: where it was moved, not
 * deleted, it can be opened at its new place. Where it cannot be read any more, or other contents have come into it,
 * the copy holds `draft` alone: no runs and no history. Where an older state of it has come into it, or another program's
 * changes, the copy holds its runs and `draft`.
 */
export function goAdrift(file: ProjectFile, folder: string, draft: Draft): { place: string; whole: boolean } {
  mkdirSync(folder, { recursive: true });
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const behind = ` ${stamp}.ohlol`;
  const name = cutName(basename(file.path, '.ohlol'), mostNameBytes - behind.length);
  const place = join(folder, `${name}${behind}`);
  const whole = copyWhole(file, place);
  if (!whole) rmSync(place, { force: true });
  const database = openDatabase(place);
  database.exec('PRAGMA foreign_keys = ON');
  const lock = inTransaction(database, () => {
    if (whole && !hasDraft(database, draft)) replaceDraft(database, draft);
    if (!whole) {
      makeTables(database);
      writeWholeDraft(database, draft);
    }
    return takeLock(database, place);
  });
  if (file.lock) forgetLock(file.lock);
  file.lock = lock;
  file.database.close();
  file.database = database;
  return { place, whole };
}

function hasDraft(database: DatabaseSync, draft: Draft): boolean {
  try {
    return isSameDraft(readDraft(database), draft);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return false;
  }
}

/** SQLITE_FULL (sqlite.org/rescode.html). */
const fullCode = 13;

/** False where what is in the file now is not what we have written. */
function copyWhole({ database, lock }: ProjectFile, place: string): boolean {
  try {
    copyInto(database, place, 0o600);
    const copy = connect(place, { readOnly: true });
    try {
      return lock !== null && holdsLock(copy, lock);
    } finally {
      copy.close();
    }
  } catch (error) {
    // Where no file can be created, one of the draft cannot be either.
    if (!isSqliteError(error) || resultCode(error) === fullCode) throw error;
    return false;
  }
}

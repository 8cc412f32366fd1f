/** Copies of an open project: one that the user asks for, and the one that work goes on in when the file is lost. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { backup } from 'node:sqlite';
import type { Draft } from '../../engine/data/draft.ts';
import { failure, type Problem, problem, type Result, success } from '../../engine/errors.ts';
import type { CopySaved } from '../api.ts';
import { connect } from './connect.ts';
import { writeWholeDraft } from './draft-store.ts';
import { fileProblem, isSqliteError, projectProblem } from './file-problems.ts';
import { forgetLock, holdsLock, takeLock } from './lock.ts';
import { inTransaction, makeTables } from './migrations.ts';
import { copyInto, findHolder, openDatabase, type ProjectFile } from './project-file.ts';

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
  const refused = whyNotThere(from, to, overwrite);
  if (refused) return failure(refused);
  const temporary = join(dirname(to), `.${basename(to)}-${process.pid}-${Math.floor(performance.now())}`);
  try {
    closeSync(openSync(temporary, 'wx'));
    if (atOnce) copyInto(database, temporary);
    else await backup(database, temporary, { rate: pagesAtOnce });
    const copy = connect(temporary, { readOnly: false });
    copy.exec('DELETE FROM lock');
    copy.close();
    syncToDisk(temporary);
    // What a crash left of the file that is replaced would be rolled back into this one.
    rmSync(`${to}-journal`, { force: true });
    renameSync(temporary, to);
    if (process.platform !== 'win32') syncToDisk(dirname(to));
    return success({ path: to, bytes: statSync(to).size });
  } catch (error) {
    rmSync(temporary, { force: true });
    rmSync(`${temporary}-journal`, { force: true });
    return failure(writeProblem(to, error));
  }
}

function whyNotThere(from: string, to: string, overwrite: boolean): Problem | null {
  const there = statSync(to, { throwIfNoEntry: false, bigint: true });
  if (!there) return null;
  const own = statSync(from, { throwIfNoEntry: false, bigint: true });
  if (own && own.dev === there.dev && own.ino === there.ino) {
    return projectProblem('project-same-file', to, 'it is the project itself; choose another name');
  }
  if (!overwrite) return problem('file-exists', '', `${to}: there is such a file already`, { path: to });
  return findHolder(to);
}

function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeProblem(path: string, error: unknown): Problem {
  if (isSqliteError(error)) return fileProblem(path, error);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return projectProblem('disk-full', path, 'its disk is full; free some space');
  if (code === undefined) throw error;
  return problem('file-unwritable', '', `${path}: it cannot be written (${message})`, {
    path,
    reason: message,
  });
}

/**
 * Puts a copy in `folder` in the place of a file that is lost. The old file is let go of: where it was moved, not
 * deleted, it can be opened at its new place. Where it cannot be read any more, or other contents have come into it,
 * the copy holds `draft` alone: no runs and no history.
 */
export function goAdrift(file: ProjectFile, folder: string, draft: Draft): { place: string; whole: boolean } {
  mkdirSync(folder, { recursive: true });
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const place = join(folder, `${basename(file.path, '.ohlol')} ${stamp}.ohlol`);
  const whole = copyWhole(file, place);
  if (!whole) rmSync(place, { force: true });
  const database = openDatabase(place);
  const lock = inTransaction(database, () => {
    if (!whole) {
      makeTables(database);
      writeWholeDraft(database, draft);
    }
    return takeLock(database);
  });
  database.exec('PRAGMA foreign_keys = ON');
  if (file.lock) forgetLock(file.lock);
  file.lock = lock;
  file.database.close();
  file.database = database;
  return { place, whole };
}

/** False where what is in the file now is not what we have written. */
function copyWhole({ database, lock }: ProjectFile, place: string): boolean {
  try {
    copyInto(database, place);
    const copy = connect(place, { readOnly: true });
    try {
      return lock !== null && holdsLock(copy, lock);
    } finally {
      copy.close();
    }
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    return false;
  }
}

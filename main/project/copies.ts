/** Copies of an open project: one that the user asks for, and the one that work goes on in when the file is lost. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { failure, type Problem, problem, type Result, success } from '../../engine/errors.ts';
import type { CopySaved } from '../api.ts';
import { fileProblem, isSqliteError, projectProblem } from './file-problems.ts';
import { forgetLock } from './lock.ts';
import { copyInto, findHolder, lockNew, openDatabase, type ProjectFile } from './project-file.ts';

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
    const copy = new DatabaseSync(temporary);
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
 * Puts a copy in `folder` in the place of a file that is lost, and says where. The old file is let go of: where it
 * was moved, not deleted, it can be opened at its new place.
 */
export function goAdrift(file: ProjectFile, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const place = join(folder, `${basename(file.path, '.ohlol')} ${stamp}.ohlol`);
  copyInto(file.database, place);
  const database = openDatabase(place);
  database.exec('PRAGMA foreign_keys = ON');
  if (file.lock) forgetLock(file.lock);
  file.lock = lockNew(database, place);
  file.database.close();
  file.database = database;
  return place;
}

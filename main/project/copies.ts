/** Copies of an open project: those the user asks for, and the one in which work continues when the file is lost. */
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

/** Pages copied before other work gets its turn: about a megabyte. */
const pagesAtOnce = 256;

/**
 * Writes the whole project to another file, or nothing. Resolves once the copy would survive a power cut. `atOnce`: no
 * other work gets its turn meanwhile, so that the copy holds what the project holds.
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
      // SQLite would roll a journal left by a crash of an earlier file back into this one.
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
 * Replaces a lost file by a copy in `folder`. The old file is released, so that it can be opened at its new place if it
 * was moved. If the file can no longer be read, or other contents have been written into it, the copy holds `draft`
 * alone, without runs and history, and `whole` is false. If an older state of it or another program's changes are in
 * it, the copy holds its runs and `draft`.
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

/** Copies the file. Returns false if it cannot be read or no longer holds what we have written. */
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
    // If no file can be created here, a file with the draft alone cannot be created either.
    if (!isSqliteError(error) || resultCode(error) === fullCode) throw error;
    return false;
  }
}

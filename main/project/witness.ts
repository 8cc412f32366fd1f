/** Watches for changes of an open project's file by others: it may be moved, replaced, taken over or written. */
import type { DatabaseSync } from 'node:sqlite';
import type { Problem } from '../../engine/errors.ts';
import { identityOf, readHeader } from './file-header.ts';
import { isSqliteError, projectProblem, resultCode } from './file-problems.ts';
import { holdsLock, whoTookIt } from './lock.ts';
import { type ProjectFile, unwritable } from './project-file.ts';

export interface Witness {
  /**
   * Whether another program has committed something that is not what we have written. An older state of the file, put
   * back in its place, still has our lock in it.
   */
  isChangedElsewhere(): boolean;
  /** What happened to the file since it was opened; null if nothing did. */
  whyLost(): Problem | null;
  /** Watches the file at this path from now on. */
  movedTo(path: string): void;
}

/** @param isAsWritten whether the file holds what was written to it, as far as the caller remembers. */
export function watchFile(file: ProjectFile, isAsWritten: (database: DatabaseSync) => boolean): Witness {
  let identity = identityOf(file.path);
  /** The connection and the data version last seen; a different version means that somebody else has committed. */
  let seen = { database: file.database, version: dataVersion(file.database) };

  function isChangedElsewhere(): boolean {
    const { database } = file;
    const version = dataVersion(database);
    const isSame = seen.database !== database || seen.version === version;
    if (!isSame && !isAsWritten(database)) return true;
    seen = { database, version };
    return false;
  }

  function whyLost(): Problem | null {
    const { path, database } = file;
    const now = identityOf(path);
    if (now === null || now !== identity) {
      const what = now === null ? 'was moved or deleted' : 'was replaced by another file';
      return projectProblem('project-lost', path, `it ${what} while it was open`);
    }
    if ('code' in readHeader(path)) return overwritten(path);
    try {
      if (!isOurs(file)) return whoTookIt(database, path) ?? overwritten(path);
      if (isChangedElsewhere()) return changedElsewhere(path);
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      if (resultCode(error) !== busyCode) return overwritten(path);
    }
    return unwritable(path);
  }

  return {
    isChangedElsewhere,
    whyLost,
    movedTo(path) {
      identity = identityOf(path);
    },
  };
}

/** https://www.sqlite.org/pragma.html#pragma_data_version */
const dataVersion = (database: DatabaseSync) =>
  Number(database.prepare('PRAGMA data_version').get()!.data_version);

export const changedElsewhere = (path: string) =>
  projectProblem('project-changed', path, 'another program has changed it while it was open');

export const overwritten = (path: string) =>
  projectProblem('project-overwritten', path, 'another program has written over it while it was open');

/**
 * Whether the file holds our lock. False if another process has taken it over or other contents have been written into
 * it.
 */
export function isOurs({ database, lock }: ProjectFile): boolean {
  try {
    return lock === null || holdsLock(database, lock);
  } catch (error) {
    if (isSqliteError(error) && resultCode(error) === noTableCode) return false;
    throw error;
  }
}

/** SQLite's codes (sqlite.org/rescode.html). */
const noTableCode = 1;
const busyCode = 5;

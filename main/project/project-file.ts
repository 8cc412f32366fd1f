/** Opens, creates and closes project files (`*.ohlol`): single SQLite databases that always hold the whole truth. */
import { accessSync, closeSync, constants, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Draft } from '../../engine/data/draft.ts';
import { failure, type LabError, type Problem, problem, type Result, success } from '../../engine/errors.ts';
import { cutName, mostNameBytes } from '../cut-name.ts';
import { newFile, startFile } from '../files.ts';
import { removeWaste } from './blob-store.ts';
import { connect } from './connect.ts';
import { readDraft, writeRepaired, writeWholeDraft } from './draft-store.ts';
import { fileProblem, projectProblem, readOnlyFile, readOnlyFolder } from './file-problems.ts';
import { thinFrozen } from './frozen-store.ts';
import { readHistory } from './history.ts';
import { inspectFile } from './inspect-file.ts';
import { interruptRuns } from './interrupted-runs.ts';
import { damaged } from './json-cells.ts';
import { checkObjects } from './known-objects.ts';
import { forgetLock, isUnsure, releaseLock, takeLock, whoHasIt } from './lock.ts';
import { inTransaction, makeTables, migrate, newestSchema, newestVersion } from './migrations.ts';
import { readRuns } from './run-store.ts';

export interface ProjectFile {
  /** Where the user keeps it. */
  path: string;
  database: DatabaseSync;
  /** Why the file is read-only; null if it is open for writing. */
  readOnly: Problem | null;
  /** The token of our lock; null if the file is read-only. */
  lock: string | null;
  /**
   * A temporary folder with the migrated copy that is shown instead of the file; deleted on closing. null if there is
   * none.
   */
  standIn: string | null;
  /** The draft as it was when the file was opened. */
  draft: Draft;
  /** What opening changed or found. */
  warnings: Problem[];
}

/** Larger files are not checked whole on opening; damage in them shows when it is read. */
const mostCheckedBytes = 32 * 1024 * 1024;

/** Creates a file, which must not exist yet, with this draft in it: the whole file, or none if that fails. */
export function createProjectFile(path: string, draft: Draft): Result<ProjectFile> {
  try {
    // Claims the name with an empty file, in which SQLite starts a database.
    closeSync(openSync(path, 'wx'));
  } catch (error) {
    return failure(claimProblem(path, error as NodeJS.ErrnoException));
  }
  let database: DatabaseSync | null = null;
  try {
    const opened = openDatabase(path);
    database = opened;
    const lock = inTransaction(opened, () => {
      makeTables(opened);
      writeWholeDraft(opened, draft);
      return takeLock(opened, path);
    });
    opened.exec('PRAGMA foreign_keys = ON');
    return success({ path, database, readOnly: null, lock, standIn: null, draft, warnings: [] });
  } catch (error) {
    database?.close();
    rmSync(path, { force: true });
    return failure(fileProblem(path, error));
  }
}

function claimProblem(path: string, { code }: NodeJS.ErrnoException): Problem {
  switch (code) {
    case 'EEXIST':
      return projectProblem('project-exists', path, 'it is there already; choose another name');
    case 'ENOENT':
    case 'ENOTDIR':
      return projectProblem('project-no-folder', path, 'its folder does not exist');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return readOnlyFolder(path);
    case 'ENOSPC':
      return projectProblem('disk-full', path, 'its disk is full; free some space');
    default:
      return problem(
        'project-unwritable',
        '',
        `${path}: it cannot be written; its disk or folder does not take it`,
        {
          path,
          system: code ?? null,
        },
      );
  }
}

/**
 * Opens a file after checks and migrates it to the newest version, keeping a copy of the older one beside it. The file
 * is read-only if another process has it, a newer Ohlol wrote it, or it cannot be written. A file that is refused is
 * not changed. `takeOver`: open it for writing even if we cannot tell whether the process that has it is alive; if it
 * is, that process finds the file lost.
 */
export function openProjectFile(path: string, { takeOver } = { takeOver: false }): Result<ProjectFile> {
  const inspected = inspectFile(path);
  if (!inspected.ok) return inspected;
  const { version } = inspected.value;
  const isNewer = version > newestVersion ? newer(path, version) : null;
  try {
    const readOnly = isNewer ?? unwritable(path);
    return success(readOnly ? openToRead(path, version, readOnly) : openInRoom(path, version, takeOver));
  } catch (error) {
    const found = fileProblem(path, error);
    return isNewer ? failure(isNewer, found) : failure(found);
  }
}

/** Opens the file for writing, or read-only if its disk has no room for even the smallest change. */
function openInRoom(path: string, version: number, takeOver: boolean): ProjectFile {
  try {
    return openToWrite(path, version, takeOver);
  } catch (error) {
    const found = fileProblem(path, error);
    if (found.code !== 'disk-full') throw error;
    return openToRead(path, version, found);
  }
}

function openToWrite(path: string, version: number, takeOver: boolean): ProjectFile {
  const database = connect(path, { readOnly: false });
  let copy: string | null = null;
  try {
    checkObjects(database);
    setJournal(database);
    checkPages(database, path);
    if (version < newestVersion && !heldBy(database, path, takeOver)) {
      copy = freeCopyPath(path, version);
      copyInto(database, copy, modeOf(path));
    }
    // One transaction, so that a file that turns out to be unreadable is not changed.
    const opened = inTransaction(database, () => {
      // Checked before the migration: a lab of the older version may be using the file.
      const holder = heldBy(database, path, takeOver);
      if (holder) return { holder };
      migrate(database);
      const lock = takeLock(database, path);
      checkTables(database);
      thinFrozen(database);
      removeWaste(database);
      interruptRuns(database);
      const repairs: Problem[] = [];
      const draft = readContents(database, repairs);
      if (repairs.length > 0) writeRepaired(database, draft);
      return { holder: null, lock, draft, repairs };
    });
    if (opened.holder) {
      database.close();
      if (copy !== null) rmSync(copy, { force: true });
      return openToRead(path, version, opened.holder);
    }
    const { lock, draft, repairs } = opened;
    database.exec('PRAGMA foreign_keys = ON');
    const warnings = [...(copy === null ? [] : [migrated(path, version, copy)]), ...repairs];
    return { path, database, readOnly: null, lock, standIn: null, draft, warnings };
  } catch (error) {
    if (database.isOpen) database.close();
    if (copy !== null) rmSync(copy, { force: true });
    throw error;
  }
}

function heldBy(database: DatabaseSync, path: string, takeOver: boolean): Problem | null {
  const holder = whoHasIt(database, path);
  return holder && takeOver && isUnsure(holder) ? null : holder;
}

function openToRead(path: string, version: number, why: Problem): ProjectFile {
  let database = connect(path, { readOnly: true });
  let standIn: string | null = null;
  try {
    checkObjects(database);
    checkPages(database, path);
    if (version < newestVersion) {
      // The file must not be migrated in its place; a copy is.
      standIn = mkdtempSync(join(tmpdir(), 'ohlol-'));
      const place = join(standIn, 'read-only.ohlol');
      copyInto(database, place, 0o600);
      database.close();
      database = openDatabase(place);
      inTransaction(database, () => migrate(database));
    }
    checkTables(database);
    const warnings = [why];
    const draft = readContents(database, warnings);
    return { path, database, readOnly: why, lock: null, standIn, draft, warnings };
  } catch (error) {
    database.close();
    if (standIn) rmSync(standIn, { recursive: true, force: true });
    throw error;
  }
}

/** Reads what a window shows first, so that no project is opened half. Throws if it is damaged. */
export function readContents(database: DatabaseSync, repairs: Problem[]): Draft {
  readRuns(database);
  readHistory(database);
  return readDraft(database, repairs);
}

/** Releases the lock, closes the connection and deletes the stand-in. Does nothing if the file is closed already. */
export function closeProjectFile({ database, lock, standIn }: ProjectFile): void {
  if (!database.isOpen) return;
  try {
    if (lock) releaseLock(database, lock);
  } catch {
    // The file may be gone or read-only by now; its lock row then names a process that no longer exists.
    if (lock) forgetLock(lock);
  }
  database.close();
  if (standIn) rmSync(standIn, { recursive: true, force: true });
}

/** Opens a file of our own making for writing. */
export function openDatabase(path: string): DatabaseSync {
  const database = connect(path, { readOnly: false });
  setJournal(database);
  return database;
}

/**
 * Sets the rollback journal (the header has been checked for it) and synchronous FULL, so that every commit is on the
 * disk before it is reported.
 */
function setJournal(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;');
}

/** Copies the whole content to a new file, which is on the disk on return. Throws a LabError if `place` exists. */
export function copyInto(database: DatabaseSync, place: string, mode: number): void {
  const file = startFile(place, { ...newFile, mode });
  try {
    copyWithin(database, file.temporary());
    file.commitNow();
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** Copies the whole content into an empty file of our own. */
export function copyWithin(database: DatabaseSync, temporary: string): void {
  database.prepare('VACUUM INTO ?').run(temporary);
}

/** The file's mode, for a copy: whoever may read the file may read the copy. */
export function modeOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o777;
}

/**
 * The problem that another process has this project open for writing; null if none has, or the file is not a project.
 */
export function findHolder(path: string): Problem | null {
  if (!inspectFile(path).ok) return null;
  const database = connect(path, { readOnly: true });
  try {
    return whoHasIt(database, path);
  } catch (error) {
    fileProblem(path, error);
    return null;
  } finally {
    database.close();
  }
}

/** Why an existing file cannot be written; null if it can. */
export function unwritable(path: string): Problem | null {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch {
    return readOnlyFile(path);
  }
  try {
    // SQLite keeps its journal beside the file while it commits.
    accessSync(dirname(path), constants.W_OK);
    return null;
  } catch {
    return readOnlyFolder(path);
  }
}

function newer(path: string, version: number): Problem {
  const message = `${path}: it is of version ${version}, this Ohlol knows up to ${newestVersion}; a newer one can change it`;
  return problem('project-newer', '', message, { path, version, known: newestVersion });
}

/** Throws if pages are missing or do not belong together. */
function checkPages(database: DatabaseSync, path: string): void {
  const { page_size: pageBytes } = database.prepare('PRAGMA page_size').get() as { page_size: number };
  // Reading rolls back a write that a crash interrupted, and detects missing pages.
  database.prepare('SELECT count(*) FROM sqlite_schema').get();
  const { size } = statSync(path);
  if (size % pageBytes !== 0) throw damaged('its last page', 'it is cut off');
  if (size > mostCheckedBytes) return;
  const found = String(database.prepare('PRAGMA quick_check(1)').get()?.quick_check);
  if (found !== 'ok') throw damagedPages(found);
}

/** The error of a failed `PRAGMA quick_check`. SQLite's words, which name trees and cells, become a detail. */
export function damagedPages(found: string): LabError {
  return damaged('its pages', 'they do not belong together', { found });
}

/** Throws if a table or a column is missing; a newer version may have more of them. */
function checkTables(database: DatabaseSync): void {
  const model = new DatabaseSync(':memory:');
  model.exec(newestSchema);
  const columns = model
    .prepare(
      `SELECT t.name AS "table", group_concat('[' || c.name || ']') AS "columns"
       FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
       WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' GROUP BY t.name`,
    )
    .all();
  model.close();
  for (const { table, columns: wanted } of columns) {
    try {
      database.prepare(`SELECT ${wanted} FROM ${table} LIMIT 0`);
    } catch (error) {
      const { message: found } = error as Error;
      throw damaged(`table ${table}`, 'it, or one of its columns, is not there', { found });
    }
  }
}

function freeCopyPath(path: string, version: number): string {
  const ending = extname(path);
  for (let number = 1; ; number++) {
    const behind = `.version-${version}${number === 1 ? '' : `-${number}`}${ending}`;
    const name = cutName(basename(path, ending), mostNameBytes - Buffer.byteLength(behind));
    const copy = join(dirname(path), `${name}${behind}`);
    if (!statSync(copy, { throwIfNoEntry: false })) return copy;
  }
}

function migrated(path: string, version: number, copy: string): Problem {
  const message = `${path}: it was of version ${version} and is now of version ${newestVersion}; ${copy} is as it was`;
  return problem('project-migrated', '', message, { path, version, known: newestVersion, copy });
}

/** Opening, making and closing a project file (`*.ohlol`): one SQLite database that is always the whole truth. */
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
  /** Where the user has it. */
  path: string;
  database: DatabaseSync;
  /** null: for writing. */
  readOnly: Problem | null;
  /** Of our lock; null where it is read only. */
  lock: string | null;
  /** A folder of its own that holds what is shown in its place; it goes when the file is closed. */
  standIn: string | null;
  /** The draft as it was when the file was opened. */
  draft: Draft;
  /** What was done to it in opening it. */
  warnings: Problem[];
}

/** Larger files are not read through before they are shown; what is damaged in them shows when it is read. */
const mostCheckedBytes = 32 * 1024 * 1024;

/** Makes a file that must not be there yet, with this draft in it: all of it or, where that fails, none. */
export function createProjectFile(path: string, draft: Draft): Result<ProjectFile> {
  try {
    // Claims the name; an empty file is what SQLite starts a database in.
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
 * Opens a file, checked and brought to the newest version, a copy of the older one kept beside it. It is read only
 * where another process has it, a newer Ohlol wrote it, or it cannot be written. What is refused is not changed.
 * `takeOver`: also when we cannot tell whether the process that has it is alive; if it is, it finds the file lost.
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

/** Opens it for writing, or read-only where its disk has no room for even the smallest change. */
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
    // All or nothing: what turns out not to be readable is not changed.
    const opened = inTransaction(database, () => {
      // Before it is migrated: a lab of the older version may be at work in it.
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
      // It must not be migrated where it is; a copy of it is.
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

/** Reads what a window shows at once, so that no project is opened half; throws where it is damaged. */
export function readContents(database: DatabaseSync, repairs: Problem[]): Draft {
  readRuns(database);
  readHistory(database);
  return readDraft(database, repairs);
}

export function closeProjectFile({ database, lock, standIn }: ProjectFile): void {
  if (!database.isOpen) return;
  try {
    if (lock) releaseLock(database, lock);
  } catch {
    // The file may be gone or read-only by now; then the lock is of a process that will not be there.
    if (lock) forgetLock(lock);
  }
  database.close();
  if (standIn) rmSync(standIn, { recursive: true, force: true });
}

/** To write to a file of our own making. */
export function openDatabase(path: string): DatabaseSync {
  const database = connect(path, { readOnly: false });
  setJournal(database);
  return database;
}

/**
 * Every commit is on the disk before it is said: rollback journal (the header has been checked for it), synchronous
 * FULL.
 */
function setJournal(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;');
}

/** The whole content as a new file, on the disk when it returns; where something is at `place`, a LabError. */
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

/** The same into a file of our own that is empty. */
export function copyWithin(database: DatabaseSync, temporary: string): void {
  database.prepare('VACUUM INTO ?').run(temporary);
}

/** A copy may be read by those who may read the file. */
export function modeOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o777;
}

/** Who has this project open for writing; null where nobody has, or where it is not a project. */
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

/** Why a file that is there cannot be written; null where it can. */
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

/** Throws where pages are missing or do not belong together. */
function checkPages(database: DatabaseSync, path: string): void {
  const { page_size: pageBytes } = database.prepare('PRAGMA page_size').get() as { page_size: number };
  // Reading rolls back what a crash has left half written, and notices pages that are missing.
  database.prepare('SELECT count(*) FROM sqlite_schema').get();
  const { size } = statSync(path);
  if (size % pageBytes !== 0) throw damaged('its last page', 'it is cut off');
  if (size > mostCheckedBytes) return;
  const found = String(database.prepare('PRAGMA quick_check(1)').get()?.quick_check);
  if (found !== 'ok') throw damagedPages(found);
}

/** Of what `PRAGMA quick_check` has found; its own words, which name trees and cells, are a detail. */
export function damagedPages(found: string): LabError {
  return damaged('its pages', 'they do not belong together', { found });
}

/** Throws where a table or a column is not there; a newer version may have more. */
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

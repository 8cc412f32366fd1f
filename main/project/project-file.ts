/** Opening, making and closing a project file (`*.ohlol`): one SQLite database that is always the whole truth. */
import { accessSync, constants, existsSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Draft } from '../../engine/data/draft.ts';
import { failure, type Problem, problem, type Result, success } from '../../engine/errors.ts';
import { writeWholeDraft } from './draft-store.ts';
import { releaseLock, takeLock } from './lock.ts';
import { applicationIdOf, inTransaction, migrate, newestVersion, versionOf } from './migrations.ts';
import { applicationId } from './schema.ts';

export interface ProjectFile {
  path: string;
  database: DatabaseSync;
}

/** Makes a file that must not be there yet, with this draft in it. */
export function createProjectFile(path: string, draft: Draft): Result<ProjectFile> {
  if (existsSync(path))
    return failure(projectProblem('project-exists', path, 'it is there already; choose another name'));
  const unwritable = unwritableFolder(path);
  if (unwritable) return failure(unwritable);
  let database: DatabaseSync | null = null;
  try {
    database = openDatabase(path);
    keepSafe(database);
    migrate(database);
    inTransaction(database, () => writeWholeDraft(database!, draft));
    const locked = takeLock(database, path);
    if (locked) throw new Error(locked.message);
    return success({ path, database });
  } catch (error) {
    database?.close();
    rmSync(path, { force: true });
    return failure(writeProblem(path, error));
  }
}

/** Opens a file for reading and writing, checked and migrated. Nothing of it is changed where this fails. */
export function openProjectFile(path: string): Result<ProjectFile> {
  const refused = checkFile(path);
  if (refused) return failure(refused);
  let database: DatabaseSync | null = null;
  try {
    database = openDatabase(path);
    const unfit = checkDatabase(database, path);
    if (unfit) {
      database.close();
      return failure(unfit);
    }
    keepSafe(database);
    migrate(database);
    const locked = takeLock(database, path);
    if (locked) {
      database.close();
      return failure(locked);
    }
    return success({ path, database });
  } catch (error) {
    database?.close();
    return failure(readProblem(path, error));
  }
}

export function closeProjectFile({ database }: ProjectFile): void {
  if (!database.isOpen) return;
  releaseLock(database);
  database.close();
}

function openDatabase(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: 2000 });
}

/** Every commit is on the disk before it is said. journal_mode stands in the file, so only ours may be given it. */
function keepSafe(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
}

function checkFile(path: string): Problem | null {
  if (!existsSync(path)) return projectProblem('project-missing', path, 'there is no such file');
  if (!statSync(path).isFile())
    return projectProblem('project-not-a-file', path, 'it is a folder; a project is a file');
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch {
    return projectProblem(
      'project-read-only',
      path,
      'it cannot be written; copy it to a folder of your own first',
    );
  }
  // SQLite keeps its journal beside the file while it commits.
  return unwritableFolder(path);
}

function checkDatabase(database: DatabaseSync, path: string): Problem | null {
  if (applicationIdOf(database) !== applicationId) {
    return projectProblem('project-foreign', path, 'it is a database, but not an Ohlol project');
  }
  const version = versionOf(database);
  if (version > newestVersion) {
    const message = `it is of version ${version}, this Ohlol knows up to ${newestVersion}; open it with a newer one`;
    return problem('project-newer', '', `${path}: ${message}`, { path, version, known: newestVersion });
  }
  const checked = database.prepare('PRAGMA quick_check(1)').get()!.quick_check;
  if (checked !== 'ok') return projectProblem('project-damaged', path, `it is damaged (${checked})`);
  return cutOff(database, path);
}

/** SQLite reads zeros where a file's last page is cut off, which no check of it finds. */
function cutOff(database: DatabaseSync, path: string): Problem | null {
  const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()![name]);
  const needed = pragma('page_count') * pragma('page_size');
  const { size } = statSync(path);
  if (size >= needed) return null;
  return projectProblem('project-damaged', path, `it is cut off; it has ${size} of its ${needed} bytes`);
}

function unwritableFolder(path: string): Problem | null {
  const folder = dirname(path);
  if (!existsSync(folder)) return projectProblem('project-no-folder', path, 'its folder does not exist');
  try {
    accessSync(folder, constants.W_OK);
    return null;
  } catch {
    return projectProblem(
      'project-folder-read-only',
      path,
      'its folder cannot be written; choose another one',
    );
  }
}

/** What SQLite says of a file that is not one, is cut off, or is damaged. */
export function readProblem(path: string, error: unknown): Problem {
  const { errcode, message } = error as { errcode?: number; message?: string };
  // The low byte is the primary result code: 5 busy, 8 read-only, 11 corrupt, 13 full, 26 not a database.
  switch ((errcode ?? 0) & 0xff) {
    case 5:
      return projectProblem('project-busy', path, 'another program is writing to it; try again');
    case 8:
      return projectProblem(
        'project-read-only',
        path,
        'it cannot be written; copy it to a folder of your own first',
      );
    case 11:
      return projectProblem('project-damaged', path, 'it is damaged or cut off');
    case 13:
      return projectProblem('disk-full', path, 'the disk is full; free some space and try again');
    case 26:
      return projectProblem('project-not-sqlite', path, 'it is not an Ohlol project (no SQLite database)');
    default:
      return problem('project-unreadable', '', `${path}: it cannot be read (${message})`, {
        path,
        reason: String(message),
      });
  }
}

function writeProblem(path: string, error: unknown): Problem {
  const found = readProblem(path, error);
  if (found.code !== 'project-unreadable') return found;
  return problem('project-unwritable', '', `${path}: it cannot be written (${(error as Error).message})`, {
    path,
    reason: (error as Error).message,
  });
}

function projectProblem(code: string, path: string, what: string): Problem {
  return problem(code, '', `${path}: ${what}`, { path });
}

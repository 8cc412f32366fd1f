/**
 * Keeps one project's file: every change of it goes through `write`, which says success only after the commit. When
 * the file goes away or refuses to be written, it says so at once and finds a way on.
 */
import { accessSync, constants, rmSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { failure, LabError, type Problem, type Result } from '../../engine/errors.ts';
import type { CopySaved, ProjectAccess, ProjectStatus } from '../api.ts';
import { goAdrift, saveCopy } from '../project/copies.ts';
import { fileProblem, isSqliteError, projectProblem, resultCode } from '../project/file-problems.ts';
import { inTransaction } from '../project/migrations.ts';
import { closeProjectFile, openProjectFile, type ProjectFile, unwritable } from '../project/project-file.ts';

/** How often the file is looked after. */
const lookEveryMs = 1000;

export interface Keeper {
  readonly file: ProjectFile;
  /** To read from. It is another one after the file was lost: never keep it. */
  database(): DatabaseSync;
  status(): ProjectStatus;
  /** null where it can be. */
  whyNotWritten(): Problem | null;
  /** Commits the work, or says why it cannot be; then nothing has changed. */
  write<T>(work: (database: DatabaseSync) => T): Result<T>;
  saveCopy(path: string, overwrite: boolean): Promise<Result<CopySaved>>;
  close(): void;
}

export interface KeeperOptions {
  file: ProjectFile;
  /** Where a lost project's copy goes. */
  rescueFolder: string;
  onChange(status: ProjectStatus): void;
  /** A file that took nothing takes changes again. */
  onRelease(): void;
}

export function keepProject({ file, rescueFolder, onChange, onRelease }: KeeperOptions): Keeper {
  let access: ProjectAccess = file.readOnly
    ? { kind: 'read-only', problem: file.readOnly }
    : { kind: 'write' };
  let identity = identityOf(file.path);

  function setAccess(next: ProjectAccess): void {
    access = next;
    onChange(status());
  }

  function status(): ProjectStatus {
    const place = access.kind === 'adrift' ? access.keptAt : file.path;
    return { path: file.path, access, fileBytes: statSync(place, { throwIfNoEntry: false })?.size ?? 0 };
  }

  function write<T>(work: (database: DatabaseSync) => T): Result<T> {
    if (access.kind === 'read-only') return failure(access.problem);
    const done = attempt(work);
    if (done.ok) {
      if (access.kind === 'stuck') setAccess({ kind: 'write' });
      return done;
    }
    if (done.sqliteCode === null) return failure(done.problem);
    if (access.kind === 'write' && isLoss(done.sqliteCode) && leaveFile(whyLost() ?? done.problem)) {
      return write(work);
    }
    if (access.kind === 'write') setAccess({ kind: 'stuck', problem: done.problem });
    return failure(done.problem);
  }

  type Attempt<T> =
    | { ok: true; value: T; warnings: Problem[] }
    | { ok: false; problem: Problem; sqliteCode: number | null };

  function attempt<T>(work: (database: DatabaseSync) => T): Attempt<T> {
    try {
      return { ok: true, value: inTransaction(file.database, () => work(file.database)), warnings: [] };
    } catch (error) {
      if (error instanceof LabError) return { ok: false, problem: error.problem, sqliteCode: null };
      if (!isSqliteError(error)) throw error;
      return { ok: false, problem: fileProblem(file.path, error), sqliteCode: resultCode(error) };
    }
  }

  /** Work goes on in a copy; false where there is no place for one. */
  function leaveFile(problem: Problem): boolean {
    try {
      setAccess({ kind: 'adrift', problem, keptAt: goAdrift(file, rescueFolder) });
      return true;
    } catch {
      // The file that is lost can still be read, and is tried again.
      return false;
    }
  }

  /** What happened to the file since it was opened; null where it is as it was. */
  function whyLost(): Problem | null {
    const now = identityOf(file.path);
    if (now === null || now !== identity) {
      const what = now === null ? 'was moved or deleted' : 'was replaced by another file';
      return projectProblem(
        'project-lost',
        file.path,
        `it ${what} while it was open; what you do is kept in a copy`,
      );
    }
    return unwritable(file.path);
  }

  function look(): void {
    if (access.kind === 'write') {
      const lost = whyLost();
      if (lost && !leaveFile(lost)) setAccess({ kind: 'stuck', problem: lost });
    } else if (access.kind === 'stuck') {
      const tried = write((database) => database.exec('UPDATE lock SET since = since'));
      if (tried.ok) onRelease();
    }
  }

  const timer = setInterval(look, lookEveryMs);
  timer.unref();

  return {
    file,
    database: () => file.database,
    status,
    whyNotWritten: () => (access.kind === 'write' || access.kind === 'adrift' ? null : access.problem),
    write,
    async saveCopy(path, overwrite) {
      const saved = await saveCopy(file, path, { overwrite, atOnce: access.kind === 'adrift' });
      if (!saved.ok || access.kind !== 'adrift') return saved;
      const home = openProjectFile(path);
      if (!home.ok) return home;
      const { keptAt } = access;
      closeProjectFile(file);
      Object.assign(file, home.value);
      rmSync(keptAt, { force: true });
      identity = identityOf(path);
      setAccess({ kind: 'write' });
      return saved;
    },
    close() {
      clearInterval(timer);
      closeProjectFile(file);
    },
  };
}

/** SQLite's codes for a file that was moved (8), a disk that is gone (10), a journal that cannot be made (14). */
function isLoss(sqliteCode: number): boolean {
  return sqliteCode === 8 || sqliteCode === 10 || sqliteCode === 14;
}

/** The file itself, whatever its name: two names of one file are the same here. */
function identityOf(path: string): string | null {
  try {
    accessSync(path, constants.F_OK);
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

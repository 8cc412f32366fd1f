/**
 * Keeps one project's file. Every change goes through `write`, which reports success only after the commit. When the
 * file disappears or refuses to be written, the keeper says so at once and finds another way to save.
 */
import { rmSync, statfsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Draft } from '../../engine/data/draft.ts';
import { failure, LabError, type Problem, problem, type Result, success } from '../../engine/errors.ts';
import type { CopySaved, ProjectAccess, ProjectStatus } from '../api.ts';
import { goAdrift, saveCopy } from './copies.ts';
import { fileProblem, isSqliteError, projectProblem, resultCode } from './file-problems.ts';
import { inTransaction } from './migrations.ts';
import {
  closeProjectFile,
  findHolder,
  openProjectFile,
  type ProjectFile,
  unwritable,
} from './project-file.ts';
import { changedElsewhere, isOurs, overwritten, watchFile } from './witness.ts';

/** How often the file is checked. */
const lookEveryMs = 1000;

export interface Keeper {
  readonly file: ProjectFile;
  /**
   * The connection to read from. It changes when the file is lost, so do not hold on to it. Throws a LabError after
   * `close`.
   */
  database(): DatabaseSync;
  status(): ProjectStatus;
  isOpen(): boolean;
  /** Why the file cannot be written; null if it can. */
  whyNotWritten(): Problem | null;
  /** Commits the work, or returns why it cannot be committed; then nothing has changed. */
  write<T>(work: (database: DatabaseSync) => T): Result<T>;
  saveCopy(path: string, overwrite: boolean): Promise<Result<CopySaved>>;
  /** Reopens a read-only file for writing, even if we cannot tell whether the process that has it is alive. */
  takeOver(): Result<null>;
  close(): void;
}

export interface KeeperOptions {
  file: ProjectFile;
  /** Folder for the copy of a lost project. */
  rescueFolder: string;
  /** The current draft, saved if the file itself can no longer be read. */
  draft(): Draft;
  /** Whether the file holds what was written to it, as far as the caller remembers. */
  isAsWritten(database: DatabaseSync): boolean;
  onChange(status: ProjectStatus): void;
  /** Called when a file that refused changes accepts them again. */
  onRelease(): void;
  /** Called when the runs are out of reach: another process has them, or they are lost with the file. */
  onRunsGone(): void;
  /** Called when a read-only file has been reopened for writing. */
  onReopen(): void;
}

/** Takes over an open file and checks it every second until `close`. */
export function keepProject(options: KeeperOptions): Keeper {
  const { file, rescueFolder, draft, isAsWritten, onChange, onRelease, onRunsGone, onReopen } = options;
  let access: ProjectAccess = file.readOnly
    ? { kind: 'read-only', problem: file.readOnly }
    : { kind: 'write' };
  const witness = watchFile(file, isAsWritten);
  let closed = false;

  function setAccess(next: ProjectAccess): void {
    access = next;
    onChange(status());
  }

  function status(): ProjectStatus {
    const place = access.kind === 'adrift' ? access.keptAt : file.path;
    return { path: file.path, access, fileBytes: bytesOf(place) };
  }

  function write<T>(work: (database: DatabaseSync) => T): Result<T> {
    if (closed) return failure(closedProblem(file.path));
    if (access.kind === 'read-only') return failure(access.problem);
    const done = attempt(work);
    if (done.ok) {
      if (access.kind === 'stuck') setAccess({ kind: 'write' });
      return done;
    }
    if (done.sqliteCode === null) return failure(done.problem);
    if (access.kind === 'write' && isLoss(done.sqliteCode)) {
      const why = witness.whyLost() ?? done.problem;
      if (leaveFile(why)) return write(work);
    }
    if (access.kind === 'write') setAccess({ kind: 'stuck', problem: done.problem });
    return failure(done.problem);
  }

  type Attempt<T> =
    | { ok: true; value: T; warnings: Problem[] }
    | { ok: false; problem: Problem; sqliteCode: number | null };

  function attempt<T>(work: (database: DatabaseSync) => T): Attempt<T> {
    try {
      const value = inTransaction(file.database, () => {
        if (!isOurs(file)) throw new NotOurs(overwritten(file.path));
        if (witness.isChangedElsewhere()) throw new NotOurs(changedElsewhere(file.path));
        return work(file.database);
      });
      return { ok: true, value, warnings: [] };
    } catch (error) {
      if (error instanceof NotOurs) {
        return { ok: false, problem: error.problem, sqliteCode: notOursCode };
      }
      if (error instanceof LabError) return { ok: false, problem: error.problem, sqliteCode: null };
      if (!isSqliteError(error)) throw error;
      const code = resultCode(error);
      const problem = fileProblem(file.path, error);
      // A constraint fails if a run that was lost with the file still reports something; the file itself is fine.
      return { ok: false, problem, sqliteCode: code === constraintCode ? null : code };
    }
  }

  /**
   * Moves work to a copy, or makes the project read-only if another process has taken the file. Returns false if there
   * is no place for a copy.
   */
  function leaveFile(problem: Problem): boolean {
    if (problem.code === 'project-taken-over') {
      setAccess({ kind: 'read-only', problem });
      onRunsGone();
      return true;
    }
    try {
      const { place, whole } = goAdrift(file, rescueFolder, draft());
      setAccess({ kind: 'adrift', problem: whole ? problem : overwritten(file.path), keptAt: place });
      // In an older file the runs are at other places than in the engine.
      if (!whole || problem.code === 'project-changed') onRunsGone();
      return true;
    } catch {
      // The lost file can still be read; the next check tries again.
      return false;
    }
  }

  function look(): void {
    if (access.kind === 'write') {
      const lost = witness.whyLost();
      if (lost && !leaveFile(lost)) setAccess({ kind: 'stuck', problem: lost });
    } else if (access.kind === 'stuck') {
      const tried = write((database) => database.exec('UPDATE lock SET since = since'));
      if (tried.ok) onRelease();
    } else if (access.kind === 'read-only' && mayChange(access.problem)) reopen(false);
  }

  /** Whether the reason for the file being read-only may be gone. */
  function mayChange({ code }: Problem): boolean {
    if (code === 'project-newer' || unwritable(file.path)) return false;
    if (code === 'disk-full' && !hasRoom(file.path)) return false;
    return findHolder(file.path) === null;
  }

  function reopen(takeOver: boolean): Result<null> {
    const again = openProjectFile(file.path, { takeOver });
    if (!again.ok) return again;
    if (again.value.readOnly) {
      closeProjectFile(again.value);
      return failure(again.value.readOnly);
    }
    closeProjectFile(file);
    Object.assign(file, again.value);
    witness.movedTo(file.path);
    onReopen();
    setAccess({ kind: 'write' });
    return success(null);
  }

  const timer = setInterval(look, lookEveryMs);
  timer.unref();

  return {
    file,
    database() {
      if (closed) throw new LabError(problem('project-closed', '', closedSentence));
      return file.database;
    },
    status,
    isOpen: () => !closed,
    whyNotWritten: () => (access.kind === 'write' || access.kind === 'adrift' ? null : access.problem),
    write,
    takeOver: () => (access.kind === 'read-only' ? reopen(true) : success(null)),
    async saveCopy(path, overwrite) {
      const saved = await saveCopy(file, path, { overwrite, atOnce: access.kind === 'adrift' });
      if (!saved.ok || access.kind !== 'adrift') return saved;
      const home = openProjectFile(path);
      if (!home.ok) return home;
      const { keptAt } = access;
      closeProjectFile(file);
      Object.assign(file, home.value);
      rmSync(keptAt, { force: true });
      witness.movedTo(path);
      setAccess({ kind: 'write' });
      return saved;
    },
    close() {
      closed = true;
      clearInterval(timer);
      closeProjectFile(file);
    },
  };
}

const closedSentence = 'it has been closed, and takes nothing more';
export const closedProblem = (path: string) => projectProblem('project-closed', path, closedSentence);

/** The file does not hold what was written to it. */
class NotOurs extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** SQLite's codes (sqlite.org/rescode.html). */
const constraintCode = 19;
const notOursCode = 26;

/**
 * Whether a code means that the file is lost: it was moved (8), its disk is gone (10), it is damaged (11), its journal
 * cannot be made (14), or it is no database (26).
 */
function isLoss(sqliteCode: number): boolean {
  return [8, 10, 11, 14, 26].includes(sqliteCode);
}

/** Space that opening a file may need for its journal; with less, the disk still counts as full. */
const roomBytes = 256 * 1024;

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= roomBytes;
  } catch {
    return false;
  }
}

/** Size in bytes; 0 if the file is missing or cannot be reached, which is reported elsewhere. */
function bytesOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

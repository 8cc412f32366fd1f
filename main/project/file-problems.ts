/** Problems that keep a project file from being opened or written, as sentences. */
import { LabError, type Problem, problem } from '../../engine/errors.ts';
import { logDefect } from '../defects.ts';

/** A problem about a project's file; `what` follows the path in its sentence. */
export function projectProblem(code: string, path: string, what: string): Problem {
  return problem(code, '', `${path}: ${what}`, { path });
}

export const readOnlyFile = (path: string) =>
  projectProblem('project-read-only', path, 'it cannot be written; save a copy in a folder of your own');

export const readOnlyFolder = (path: string) =>
  projectProblem(
    'project-folder-read-only',
    path,
    'its folder cannot be written; save a copy in one of your own',
  );

/** An error that SQLite reports, rather than a defect of ours. */
export function isSqliteError(error: unknown): error is Error & { errcode: number } {
  return (error as { code?: string }).code === 'ERR_SQLITE_ERROR';
}

/** The low byte of `errcode` is the primary result code (sqlite.org/rescode.html). */
export const resultCode = (error: { errcode: number }) => error.errcode & 0xff;

const sentences: Record<number, [code: string, what: string]> = {
  5: ['project-busy', 'another program is writing to it; try again'],
  8: ['project-read-only', 'it cannot be written; save a copy in a folder of your own'],
  10: ['project-disk-failed', 'its disk failed or was taken away'],
  11: ['project-damaged', 'it is damaged or cut off'],
  13: ['disk-full', 'its disk is full; free some space'],
  14: ['project-cannot-open', 'it, or its journal beside it, cannot be opened'],
  26: ['project-not-sqlite', 'it is not an Ohlol project (no SQLite database)'],
};

/**
 * A problem without a sentence of its own. The words of the system and of SQLite go to the log; the code helps whoever
 * is asked for advice.
 */
function unreadable(path: string, system: string | number | null): Problem {
  return problem(
    'project-unreadable',
    '',
    `${path}: it cannot be used; it may have gone, or may not be read`,
    {
      path,
      system,
    },
  );
}

/**
 * The problem that SQLite, the system or the checks of this folder report about a file. Other errors are defects and
 * are thrown again.
 */
export function fileProblem(path: string, error: unknown): Problem {
  if (error instanceof LabError) {
    const { code, message, path: where, details } = error.problem;
    return problem(code, where, `${path}: ${message}`, { ...details, path });
  }
  if ((error as { code?: string }).code === 'ERR_OUT_OF_RANGE') {
    return projectProblem('project-damaged', path, 'it is damaged (a number in it is too large)');
  }
  if (!isSqliteError(error)) {
    // An error without a system call is a defect of the code.
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    logDefect(error);
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    if (full) return projectProblem('disk-full', path, 'its disk is full; free some space');
    return unreadable(path, code ?? null);
  }
  // Of the errors with SQLITE_ERROR, only this one concerns the file: the numbers in its header.
  if (error.message.includes('unsupported file format')) {
    return projectProblem(
      'project-damaged',
      path,
      'it is damaged (its header names a format that there is not)',
    );
  }
  const known = sentences[resultCode(error)];
  if (known) return projectProblem(known[0], path, known[1]);
  logDefect(error);
  return unreadable(path, resultCode(error));
}

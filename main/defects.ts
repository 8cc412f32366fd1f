/**
 * Errors that nobody has caught. Node ends the process on one, Electron's main process goes on after some and shows a
 * dialog of its own for others; here each process and thread of the app does the same with them under both.
 */
import { type Problem, problem } from '../engine/errors.ts';

/** Once in each process and thread, at its start. Each such error is logged, and `take` says what else comes of it. */
export function onDefect(take: (error: Error) => void): void {
  const note = (thrown: unknown) => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    logDefect(error);
    try {
      take(error);
    } catch (another) {
      logDefect(another);
    }
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
}

/** For whoever looks for its cause: all words of it. */
export function logDefect(error: unknown): void {
  console.error('An error that nobody expected:', error);
}

/** What windows are told of it. The system's and SQLite's own words are for the log. */
export function defectProblem(error: Error): Problem {
  const message =
    'the lab met an error of its own and goes on; what it says is saved is saved, and its log holds the error';
  return problem('lab-defect', '', message, { reason: `${error.name}: ${error.message}` });
}

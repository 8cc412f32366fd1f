/**
 * Uncaught errors. Node ends the process on one; Electron's main process continues after some and shows its own dialog
 * for others. Here every process and thread of the app handles them in the same way under both.
 */
import { type Problem, problem } from '../engine/errors.ts';

/** Logs every uncaught error and passes it to `take`. Call it once in each process and thread, at its start. */
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

/** Logs an error in full, for whoever looks for its cause. */
export function logDefect(error: unknown): void {
  console.error('An error that nobody expected:', error);
}

/** The problem that windows are told. The words of the system and of SQLite stay in the log. */
export function defectProblem(error: Error): Problem {
  const message =
    'the lab met an error of its own and goes on; what it says is saved is saved, and its log holds the error';
  return problem('lab-defect', '', message, { reason: `${error.name}: ${error.message}` });
}

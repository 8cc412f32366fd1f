/** Has project files checked one after another in a separate process, before the lab's own thread opens them. */
import { statSync } from 'node:fs';
import { type Problem, problem, type Result } from '../../engine/errors.ts';
import type { EngineChild } from '../engine-process/engine-child.ts';
import { checkerReady } from './checker-ready.ts';

/** Time limit for checking a file. One of a few megabytes takes some hundredths of a second. */
const patienceMs = 10_000;
/** Time limit for starting the process, which may take long on a busy computer; that is not the file's fault. */
const startPatienceMs = 60_000;
/** Speed at which large files get additional time: slower than any disk. */
const bytesPerMs = 32 * 1024;
/** How long an idle process is kept for the next file. */
const idleMs = 3000;

export interface FileChecker {
  /** Why a file must not be opened; null if it may. A path where nothing exists passes, and opening it reports that. */
  check(path: string): Promise<Problem | null>;
  close(): void;
}

type Outcome =
  | { kind: 'checked'; problem: Problem | null }
  | { kind: 'too-long'; limitMs: number }
  | { kind: 'not-started' }
  /** The process ended, but not by us. If it had not reported ready, that has nothing to do with the file. */
  | { kind: 'died'; wasReady: boolean; code: number | null; signal: string | null }
  /** The checker was closed. */
  | { kind: 'closed' };

/** Signals that end a process on request or because the system needs memory; no file causes them. */
const signalsFromOutside = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

/**
 * Starts no process before the first check. `patience`: the time limit of a check in milliseconds, extended for large
 * files.
 */
export function createFileChecker(fork: () => EngineChild, patience = patienceMs): FileChecker {
  let child: EngineChild | null = null;
  let idle: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let settle: (outcome: Outcome) => void = () => {};
  let isClosed = false;
  /** Resolves when the process has reported ready. */
  let ready: Promise<void> = Promise.resolve();

  function end(): void {
    clearTimeout(idle);
    child?.kill();
    child = null;
  }

  function start(): EngineChild {
    const started = fork();
    let isReady = false;
    ready = new Promise((resolve) => {
      started.onMessage((message) => {
        if (message === checkerReady) {
          isReady = true;
          resolve();
        } else settle({ kind: 'checked', problem: problemIn(message as Result<null>) });
      });
    });
    started.onExit((code, signal) => {
      if (child !== started) return;
      child = null;
      settle({ kind: 'died', wasReady: isReady, code, signal });
    });
    return started;
  }

  function ask(path: string): Promise<Outcome> {
    clearTimeout(idle);
    if (isClosed) return Promise.resolve({ kind: 'closed' });
    child ??= start();
    const asked = child;
    return new Promise((resolve) => {
      const limitMs = patience + sizeOf(path) / bytesPerMs;
      const giveUpAfter = (ms: number, outcome: Outcome) =>
        setTimeout(() => {
          end();
          settle(outcome);
        }, ms);
      let timer = giveUpAfter(startPatienceMs, { kind: 'not-started' });
      settle = (outcome) => {
        settle = () => {};
        clearTimeout(timer);
        if (child) idle = setTimeout(end, idleMs).unref();
        resolve(outcome);
      };
      const settleThis = settle;
      void ready.then(() => {
        if (settle !== settleThis) return;
        clearTimeout(timer);
        timer = giveUpAfter(limitMs, { kind: 'too-long', limitMs });
        asked.post(path);
      });
    });
  }

  async function look(path: string): Promise<Problem | null> {
    const first = await ask(path);
    // A file that ends one process also ends the next; other causes seldom recur.
    const outcome = first.kind === 'died' ? await ask(path) : first;
    const found = problemOf(path, outcome);
    return found && { ...found, details: { ...found.details, path } };
  }

  return {
    check(path) {
      const checked = turn.then(() => look(path));
      turn = checked.catch(() => {});
      return checked;
    },
    close() {
      isClosed = true;
      end();
      settle({ kind: 'closed' });
    },
  };
}

/** The file's size in bytes; 0 if it cannot be determined, which the check itself reports. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

const problemIn = (result: Result<null>): Problem | null => (result.ok ? null : result.problems[0]!);

function problemOf(path: string, outcome: Outcome): Problem | null {
  switch (outcome.kind) {
    case 'checked':
      return outcome.problem;
    case 'too-long':
      return tooLong(path, outcome.limitMs);
    case 'not-started':
      return didNotStart(path);
    case 'died':
      if (!outcome.wasReady) return didNotStart(path);
      return isFromOutside(outcome) ? wasEnded(path) : gaveUp(path, outcome);
    case 'closed':
      return wasEnded(path);
  }
}

/**
 * Whether something other than the file ended the process. Windows has no signals, and whoever ends a process chooses
 * its code, which may also be a failure's.
 */
function isFromOutside({ code, signal }: { code: number | null; signal: string | null }): boolean {
  return signal === null ? code === 0 : signalsFromOutside.includes(signal);
}

function tooLong(path: string, limitMs: number): Problem {
  const seconds = Math.round(limitMs / 1000);
  const message = `${path}: looking through it took longer than ${seconds} s, so it is not opened; it may be damaged, or made to do harm, or the computer may be very busy`;
  return problem('project-takes-too-long', '', message, { path, seconds });
}

function didNotStart(path: string): Problem {
  const message = `${path}: the process that looks through files did not start; the computer may be very busy, so try again`;
  return problem('project-check-not-started', '', message, { path });
}

function wasEnded(path: string): Problem {
  const message = `${path}: the process that looks through it was ended by another program, or by the system for want of memory; that says nothing of the file, so try again`;
  return problem('project-check-ended', '', message, { path });
}

function gaveUp(path: string, { code, signal }: { code: number | null; signal: string | null }): Problem {
  const message = `${path}: looking through it ended the process that did, twice; it is damaged, or was made to do harm, and is not opened`;
  return problem('project-check-failed', '', message, { path, reason: signal ?? String(code) });
}

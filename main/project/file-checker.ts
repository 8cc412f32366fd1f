/** Has project files checked in a process of their own, one after the other, before the lab's own thread opens them. */
import { statSync } from 'node:fs';
import { type Problem, problem, type Result } from '../../engine/errors.ts';
import type { EngineChild } from '../engine-process/engine-child.ts';
import { checkerReady } from './checker-ready.ts';

/** A file of a few megabytes takes some hundredths of a second. */
const patienceMs = 10_000;
/** A process may take long to start on a busy computer, which is no fault of the file's. */
const startPatienceMs = 60_000;
/** A large one may take longer, as its disk does; this is slower than any. */
const bytesPerMs = 32 * 1024;
/** The process is kept so long for another file. */
const idleMs = 3000;

export interface FileChecker {
  /** Why it is not opened; null where it may be. A path where nothing is may be opened, to hear so. */
  check(path: string): Promise<Problem | null>;
  close(): void;
}

type Outcome =
  | { kind: 'checked'; problem: Problem | null }
  | { kind: 'too-long'; limitMs: number }
  | { kind: 'not-started' }
  /** It ended though nobody here had ended it; before it was there, that has nothing to do with the file. */
  | { kind: 'died'; wasReady: boolean; code: number | null; signal: string | null }
  /** Nobody waits any more. */
  | { kind: 'closed' };

/** What ends a process that is asked to go, or that the system needs the memory of: no file does that. */
const signalsFromOutside = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

export function createFileChecker(fork: () => EngineChild, patience = patienceMs): FileChecker {
  let child: EngineChild | null = null;
  let idle: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let settle: (outcome: Outcome) => void = () => {};
  let isClosed = false;
  /** Resolves when the process has said that it is there. */
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
    // A file that ends one process ends the next as well; anything else seldom comes twice.
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

/** 0 where it cannot be known; the check itself says why. */
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

/** Windows has no signals: who ends a process there chooses its code, which may be a failure's as well. */
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

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

export function createFileChecker(fork: () => EngineChild, patience = patienceMs): FileChecker {
  let child: EngineChild | null = null;
  let idle: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let settle: (found: Problem | null) => void = () => {};
  let checking = '';
  /** Resolves when the process has said that it is there. */
  let ready: Promise<void> = Promise.resolve();

  function end(): void {
    clearTimeout(idle);
    child?.kill();
    child = null;
  }

  function start(): EngineChild {
    const started = fork();
    ready = new Promise((resolve) => {
      started.onMessage((message) => {
        if (message === checkerReady) resolve();
        else settle(problemIn(message as Result<null>));
      });
    });
    started.onExit((code, signal) => {
      if (child !== started) return;
      child = null;
      settle(gaveUp(checking, code, signal));
    });
    return started;
  }

  function ask(path: string): Promise<Problem | null> {
    clearTimeout(idle);
    checking = path;
    child ??= start();
    const asked = child;
    return new Promise((resolve) => {
      const limitMs = patience + sizeOf(path) / bytesPerMs;
      const giveUpAfter = (ms: number, why: () => Problem) =>
        setTimeout(() => {
          end();
          settle(why());
        }, ms);
      let timer = giveUpAfter(startPatienceMs, () => didNotStart(path));
      settle = (found) => {
        settle = () => {};
        clearTimeout(timer);
        if (child) idle = setTimeout(end, idleMs).unref();
        resolve(found && { ...found, details: { ...found.details, path } });
      };
      const settleThis = settle;
      void ready.then(() => {
        if (settle !== settleThis) return;
        clearTimeout(timer);
        timer = giveUpAfter(limitMs, () => tooLong(path, limitMs));
        asked.post(path);
      });
    });
  }

  return {
    check(path) {
      const checked = turn.then(() => ask(path));
      turn = checked.catch(() => {});
      return checked;
    },
    close: end,
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

function tooLong(path: string, limitMs: number): Problem {
  const seconds = Math.round(limitMs / 1000);
  const message = `${path}: looking through it took longer than ${seconds} s; it is damaged, or was made to do harm, and is not opened`;
  return problem('project-takes-too-long', '', message, { path, seconds });
}

function didNotStart(path: string): Problem {
  const seconds = startPatienceMs / 1000;
  const message = `${path}: the process that looks through files has not started within ${seconds} s; the computer may be very busy, so try again`;
  return problem('project-check-not-started', '', message, { path, seconds });
}

function gaveUp(path: string, code: number | null, signal: string | null): Problem {
  const message = `${path}: looking through it ended the process that did; it is damaged, or was made to do harm, and is not opened`;
  return problem('project-check-failed', '', message, { path, reason: signal ?? String(code) });
}

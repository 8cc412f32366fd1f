/**
 * Reads files that users provide in a separate thread, which is terminated if it takes too long or too much memory, so
 * that no file holds up the lab or a window.
 */
import { Worker } from 'node:worker_threads';
import { failure, type Problem, problem, type Result } from '../../engine/errors.ts';
import { logDefect } from '../defects.ts';
import { withOwnBuffers } from '../own-buffers.ts';
import { readerEntry } from '../paths.ts';
import type { ReadJob, ReadJobs } from './read-jobs.ts';

export interface Reader {
  /** Does jobs one after another. Fails if a job takes too long, needs too much memory, or `signal` is aborted. */
  read<Kind extends keyof ReadJobs>(
    job: ReadJob<Kind>,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<Result<ReadJobs[Kind]>>;
  close(): void;
}

export interface ReaderOptions {
  entry?: string;
  /** Time limit of a job; doubled if the thread has yet to start. */
  limitMs?: number;
  /** Limit of the thread's JavaScript heap; a file's bytes are outside it. */
  limitMegabytes?: number;
}

/**
 * The largest weights that the lab accepts, 10 million numbers as 126 MB of JSON, took 11 s on two busy cores and less
 * than 256 MB.
 */
const defaults = { entry: readerEntry, limitMs: 60_000, limitMegabytes: 1024 };

/** Rows live until the job ends. A large young generation saves half of the time for copying them. */
const youngMegabytes = 96;

export function createReader(options: ReaderOptions = {}): Reader {
  const { entry, limitMs, limitMegabytes } = { ...defaults, ...options };
  let thread: Worker | null = null;
  let pending: ((result: Result<never>) => void) | null = null;
  let tell: (fraction: number) => void = () => {};
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  function start(): Worker {
    const worker = new Worker(entry, {
      resourceLimits: { maxOldGenerationSizeMb: limitMegabytes, maxYoungGenerationSizeMb: youngMegabytes },
    });
    worker.on('message', (message: Result<never> | { progress: number }) => {
      // A thread that was given up may still send messages.
      if (worker !== thread) return;
      if ('progress' in message) tell(message.progress);
      else pending?.(message);
    });
    // Errors of a thread that we have terminated do not matter.
    worker.on('error', (error) => worker === thread && giveUp(deathOf(error, limitMegabytes)));
    worker.on(
      'exit',
      (code) => worker === thread && giveUp(deathOf(new Error(`exit ${code}`), limitMegabytes)),
    );
    // The thread must not keep a lab alive that has nothing else to do.
    worker.unref();
    return worker;
  }

  /**
   * Terminates the thread without waiting for it: a thread blocked by a dead network drive ends when the drive
   * responds.
   */
  function giveUp(why: Problem): void {
    const ended = thread;
    thread = null;
    void ended?.terminate();
    pending?.(failure(why));
  }

  function work(
    job: ReadJob,
    signal?: AbortSignal,
    onProgress: (fraction: number) => void = () => {},
  ): Promise<Result<never>> {
    if (isClosed || signal?.aborted) return Promise.resolve(failure(cancelled()));
    return new Promise((resolve) => {
      const abort = () => giveUp(cancelled());
      const timer = setTimeout(() => giveUp(tooLong(limitMs)), thread === null ? 2 * limitMs : limitMs);
      pending = (result) => {
        pending = null;
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        resolve(result);
      };
      signal?.addEventListener('abort', abort);
      tell = onProgress;
      thread ??= start();
      thread.postMessage(withOwnBuffers(job));
    });
  }

  return {
    read(job, signal, onProgress) {
      const done = last.then(() => work(job, signal, onProgress));
      last = done;
      return done;
    },
    close() {
      isClosed = true;
      giveUp(cancelled());
    },
  };
}

function tooLong(limitMs: number): Problem {
  const seconds = limitMs / 1000;
  const message = `the file was not read after ${seconds} s, and reading it was given up; at most ${seconds} s are taken`;
  return problem('read-too-long', '', message, { seconds });
}

function deathOf(error: Error, limitMegabytes: number): Problem {
  if ((error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const message = `the file takes more than ${limitMegabytes} MB of memory to read, and reading it was given up`;
    return problem('read-too-much', '', message, { megabytes: limitMegabytes });
  }
  logDefect(error);
  const message = 'the file could not be read, by a fault of the reader itself';
  return problem('reader-failed', '', message, { reason: error.message });
}

function cancelled(): Problem {
  return problem('read-cancelled', '', 'the file was not read, because nobody is waiting for it any more');
}

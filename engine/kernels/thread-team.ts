/**
 * Threads that work together on one run's memory (wasm/threads.ts) and receive their commands through a few words of
 * it. The caller is not one of them: it sleeps in short naps, and can listen to others in between.
 */

/** Starts threads. The host process supplies it, since the engine knows no operating system. */
export interface ThreadHost {
  /** Number of threads that this process may use. */
  readonly threads: number;
  /**
   * Starts a thread that makes an instance of the module on the memory and calls `start` and `serve`. The thread
   * ends when `serve` returns.
   */
  launch(task: ThreadTask): void;
}

/** Plain data that can be posted to a worker thread. */
export interface ThreadTask {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Arguments of the module's `start`. */
  start: [index: number, count: number, shared: number, own: number, wide: number];
  /** Argument of the module's `serve`. */
  commands: number;
}

export interface ThreadTeam {
  /**
   * Trains on a batch; yields while the threads work. Returns a status of wasm/training.ts. Throws where the threads
   * do not start.
   */
  trainBatch(
    training: number,
    batch: number,
    fromInitialState: number,
    dropped: number,
    lr: number,
  ): Generator<void, number>;
  /** Returns the sum of the losses; yields while the threads work. Throws where the threads do not start. */
  forward(model: number, batch: number, fromInitialState: number): Generator<void, number>;
  /** Lets the threads end. */
  stop(): void;
}

/** Indices of the command words, which wasm/serve.ts reads: i32 words, then f64 words. */
const word = { number: 0, code: 1, target: 2, batch: 3, fromInitialState: 4, dropped: 5, done: 8, status: 9 };
const ready = 12;
const double = { lr: 3, loss: 5 };
export const commandBytes = 64;
const code = { stop: 0, trainBatch: 1, forward: 2 };

/** Milliseconds of a nap while the threads work; a caller's answer is late by at most this much. */
const napMs = 5;
/** Milliseconds after which threads that have not started are given up. */
const startLimitMs = 20_000;

export function createThreadTeam(memory: WebAssembly.Memory, commands: number, threads: number): ThreadTeam {
  const words = new Int32Array(memory.buffer, commands, commandBytes / 4);
  const doubles = new Float64Array(memory.buffer, commands, commandBytes / 8);

  function send(): void {
    Atomics.add(words, word.number, 1);
    Atomics.notify(words, word.number);
  }

  function* untilDone(): Generator<void> {
    const number = words[word.number]!;
    const since = performance.now();
    while (Atomics.load(words, word.done) !== number) {
      const begun = Atomics.load(words, ready);
      if (begun < threads && performance.now() - since > startLimitMs) {
        throw new Error(`${begun} of ${threads} threads have begun within ${startLimitMs} ms`);
      }
      Atomics.wait(words, word.done, number - 1, napMs);
      if (Atomics.load(words, word.done) !== number) yield;
    }
  }

  return {
    *trainBatch(training, batch, fromInitialState, dropped, lr) {
      words[word.code] = code.trainBatch;
      words[word.target] = training;
      words[word.batch] = batch;
      words[word.fromInitialState] = fromInitialState;
      words[word.dropped] = dropped;
      doubles[double.lr] = lr;
      send();
      yield* untilDone();
      return words[word.status]!;
    },
    *forward(model, batch, fromInitialState) {
      words[word.code] = code.forward;
      words[word.target] = model;
      words[word.batch] = batch;
      words[word.fromInitialState] = fromInitialState;
      send();
      yield* untilDone();
      return doubles[double.loss]!;
    },
    stop() {
      words[word.code] = code.stop;
      send();
    },
  };
}

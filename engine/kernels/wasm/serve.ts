/** The work of a thread from its start to its end: it follows commands of engine/kernels/thread-team.ts. */
import { Batch, Model, Training } from './structs';
import { barrier, threadIndex } from './threads';
import { forward, trainBatch } from './training';

const stop = 0, train = 1;

/** Counts itself as started, and follows commands until `stop`. */
export function serve(commands: usize): void {
  atomic.add<i32>(commands, 1, 48);
  for (let number = 1; ; number++) {
    waitFor(commands, number);
    const code = load<i32>(commands, 4);
    if (code == stop) return;
    const target = load<usize>(commands, 8);
    const batch = changetype<Batch>(load<usize>(commands, 12));
    let status = 0;
    let loss: f64 = 0;
    const fromInitialState = load<i32>(commands, 16) != 0;
    if (code == train) {
      const dropped = load<i32>(commands, 20) != 0;
      status = trainBatch(changetype<Training>(target), batch, fromInitialState, dropped, load<f64>(commands, 24));
    } else {
      loss = forward(changetype<Model>(target), batch, fromInitialState, false);
    }
    barrier();
    if (threadIndex() != 0) continue;
    store<i32>(commands, status, 36);
    store<f64>(commands, loss, 40);
    atomic.store<i32>(commands, number, 32);
    atomic.notify(commands + 32, 1);
  }
}

/** Returns when command `number` is there; waits awake for a while, then asleep. */
function waitFor(commands: usize, number: i32): void {
  for (let i = 0; i < 20000; i++) if (atomic.load<i32>(commands) == number) return;
  while (atomic.load<i32>(commands) != number) atomic.wait<i32>(commands, number - 1, -1);
}

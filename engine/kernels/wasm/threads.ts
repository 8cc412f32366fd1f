/**
 * Every thread runs the same program on the same memory and does its share of each loop. Shares never change what is
 * added to what, so any number of threads gives the same bits.
 */

let thread = 0;
let threads = 1;
let barrierAt: usize = 0;

/** at: three i32 of zero that all threads share. */
export function joinThreads(index: i32, count: i32, at: usize): void {
  thread = index;
  threads = count;
  barrierAt = at;
}

@inline export function threadIndex(): i32 {
  return thread;
}

/** This thread's part of 0 … count is shareFrom … shareTo, both multiples of `unit` but for the end. */
@inline export function shareFrom(count: i32, unit: i32): i32 {
  return threads == 1 ? 0 : boundary(thread, count, unit);
}
@inline export function shareTo(count: i32, unit: i32): i32 {
  return threads == 1 ? count : boundary(thread + 1, count, unit);
}
function boundary(index: i32, count: i32, unit: i32): i32 {
  return min(((count + unit - 1) / unit * index / threads) * unit, count);
}

/** Returns when every thread has come here. Waits awake for a while, then asleep. */
@inline export function barrier(): void {
  if (threads > 1) wait();
}
function wait(): void {
  const round = atomic.load<i32>(barrierAt, 4);
  if (atomic.add<i32>(barrierAt, 1) == threads - 1) {
    atomic.store<i32>(barrierAt, 0);
    atomic.store<i32>(barrierAt, round + 1, 4);
    if (atomic.load<i32>(barrierAt, 8) > 0) atomic.notify(barrierAt + 4, threads);
    return;
  }
  for (let i = 0; i < 20000; i++) if (atomic.load<i32>(barrierAt, 4) != round) return;
  atomic.add<i32>(barrierAt, 1, 8);
  while (atomic.load<i32>(barrierAt, 4) == round) atomic.wait<i32>(barrierAt + 4, round, 100_000_000);
  atomic.sub<i32>(barrierAt, 1, 8);
}

/**
 * Every thread runs the same program on the same memory and does its share of each loop. Shares never change which
 * numbers are added in which order, so any number of threads gives the same bits.
 *
 * Between two barriers each part of a buffer has one owner: the thread in whose share it lies. Only the owner writes
 * there, and other threads read it only after a barrier. The table in docs/speed.md says which share owns which
 * buffer, stretch by stretch; a new buffer, loop or barrier belongs there too. Two loops may be shared differently
 * (by rows, then by sequences) only with a barrier between them. A thread's own working memory has an address that
 * depends on nothing but the thread (`ownPart`), because threads may be in different calls of the same function at
 * the same time.
 */

let thread = 0;
let threads = 1;
let barrierAt: usize = 0;

/** Sets this thread's number. `at` points to four shared i32: three zeros, and one from which random waits begin. */
export function joinThreads(index: i32, count: i32, at: usize): void {
  thread = index;
  threads = count;
  barrierAt = at;
  if (randomWaits) random = (load<u32>(at, 12) ^ (index + 1) * 0x9e3779b9) | 1;
}

@inline export function threadIndex(): i32 {
  mayWait();
  return thread;
}

/** This thread's own part of a buffer that has `bytes` bytes for each thread; the same address in every call. */
@inline export function ownPart(buffer: usize, bytes: i32): usize {
  return buffer + threadIndex() * bytes;
}

/** This thread's part of 0 … count is shareFrom … shareTo − 1. Both are multiples of `unit`, except at the end. */
@inline export function shareFrom(count: i32, unit: i32): i32 {
  mayWait();
  return threads == 1 ? 0 : boundary(thread, count, unit);
}
@inline export function shareTo(count: i32, unit: i32): i32 {
  return threads == 1 ? count : boundary(thread + 1, count, unit);
}
function boundary(index: i32, count: i32, unit: i32): i32 {
  return min(((count + unit - 1) / unit * index / threads) * unit, count);
}

/** Returns when every thread has arrived. Waits awake for a while, then asleep. */
@inline export function barrier(): void {
  mayWait();
  if (threads > 1) wait();
  mayWait();
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

/**
 * Does nothing in the module that ships. In the tests' module (randomWaits, set by kernels.config.ts) a thread
 * sleeps here for a random while, at each barrier and share and while its own buffers are full, so that any other
 * thread may overtake it.
 */
@inline export function mayWait(): void {
  if (randomWaits) waitAtRandom();
}

let random: u32 = 1;

/** Half the time it does not wait; otherwise it waits up to 0.1 ms, and now and then 1 ms. */
function waitAtRandom(): void {
  if (threads == 1) return;
  random ^= random << 13;
  random ^= random >> 17;
  random ^= random << 5;
  if (random & 1) return;
  const ns: i64 = (random & 0x7e) == 0 ? 1_000_000 : <i64>(random >> 8) % 100_000;
  // No thread writes there or notifies; the wait ends when its time is over.
  atomic.wait<i32>(barrierAt + 12, load<i32>(barrierAt, 12), ns);
}

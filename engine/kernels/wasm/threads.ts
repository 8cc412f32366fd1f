/**
 * Every thread runs the same program on the same memory and does its share of each loop. Shares never change what is
 * added to what, so any number of threads gives the same bits.
 *
 * Between two barriers each part of a buffer has one owner: the thread in whose share it lies. It alone writes there,
 * and another reads it only after a barrier. Which share owns what, stretch by stretch, is a table in docs/speed.md; a
 * new buffer, loop or barrier belongs there too. A loop may be shared otherwise than the one before it (by rows, then
 * by sequences) only across a barrier. What a thread needs for itself has a place that depends on nothing but the
 * thread (`ownPart`): threads may be in different calls of the same function at the same time.
 */

let thread = 0;
let threads = 1;
let barrierAt: usize = 0;

/** at: three i32 of zero that all threads share, and one that random waits begin with. */
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

/** This thread's own part of a buffer that has one of so many bytes for each: the same place in every call. */
@inline export function ownPart(buffer: usize, bytes: i32): usize {
  return buffer + threadIndex() * bytes;
}

/** This thread's part of 0 … count is shareFrom … shareTo, both multiples of `unit` but for the end. */
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

/** Returns when every thread has come here. Waits awake for a while, then asleep. */
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
 * Nothing in the module that ships. In the tests' own (randomWaits, set by kernels.config.ts) a thread sleeps here for
 * a random while: at each barrier and share, and while its own buffers are full, so that any other may overtake it.
 */
@inline export function mayWait(): void {
  if (randomWaits) waitAtRandom();
}

let random: u32 = 1;

/** Half the times not at all, else up to 0.1 ms, now and then 1 ms. */
function waitAtRandom(): void {
  if (threads == 1) return;
  random ^= random << 13;
  random ^= random >> 17;
  random ^= random << 5;
  if (random & 1) return;
  const ns: i64 = (random & 0x7e) == 0 ? 1_000_000 : <i64>(random >> 8) % 100_000;
  // Nobody writes there or notifies: it ends when its time is over.
  atomic.wait<i32>(barrierAt + 12, load<i32>(barrierAt, 12), ns);
}

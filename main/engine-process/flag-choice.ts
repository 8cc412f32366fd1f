/**
 * Chooses the V8 flags with which engines are started. Each set is tried on a real engine process before it has any
 * run; if the process dies or computes wrong sums, another is started with the next set, and finally without flags.
 */
import type { EngineDescription } from '../../engine/api.ts';
import type { EngineDeath } from './engine-death.ts';
import { type FlagSet, flagSets, flagsText, pairs } from './kernel-flags.ts';

/** The set that was found best for this V8 before. A wrong memory costs one start and nothing else. */
export interface FlagMemory {
  recall(): FlagSet | null;
  remember(set: FlagSet): void;
}

export interface FlagChoice {
  /** Whether the set of `next` was found good on this V8 before. */
  isKnown(): boolean;
  /** The flags for the engine that is started next. */
  next(): FlagSet;
  /** Judges an engine that has described itself: whether to keep it or to start another in its place. */
  judge(engine: EngineDescription): 'keep' | 'replace';
  /**
   * Called for an engine that died before it described itself. Returns whether the flags may be to blame, in which case
   * `next()` returns others.
   */
  diedAtStart(death: EngineDeath): boolean;
}

export interface FlagChoiceOptions {
  sets?: readonly FlagSet[];
  memory?: FlagMemory;
  /** A line for the log. */
  say?: (line: string) => void;
}

const log = (line: string) => console.error(`Ohlol engine: ${line}`);
const forgetful: FlagMemory = { recall: () => null, remember() {} };

/** Begins a choice of flags with the set in memory, if it is one of `sets`, else with the first. */
export function chooseFlags(options: FlagChoiceOptions = {}): FlagChoice {
  const { sets = flagSets(), memory = forgetful, say = log } = options;
  const last = sets.length - 1;
  // A remembered set counts only if it would be tried here anyway.
  const recalled = memory.recall();
  const known = sets.findIndex((set) => recalled !== null && flagsText(set) === flagsText(recalled));
  const tried = new Map<number, 'failed' | 'narrow'>();
  let at = Math.max(known, 0);
  let isSettled = false;

  function keep(): 'keep' {
    isSettled = true;
    if (at !== known) memory.remember(sets[at]!);
    return 'keep';
  }

  function moveTo(index: number, why: string): void {
    say(
      `V8 ${process.versions.v8} ${why} with ${flagsText(sets[at]!)}; it is started with ${flagsText(sets[index]!)}`,
    );
    at = index;
  }

  /** Moves to a set that computes correctly though slowly, if there is one, else to the next set. */
  function fail(why: string): void {
    tried.set(at, 'failed');
    moveTo(firstNarrow() ?? at + 1, why);
  }

  function firstNarrow(): number | undefined {
    return [...tried].find(([, result]) => result === 'narrow')?.[0];
  }

  /** Whether the next set requests the same feature by another name. */
  function hasOtherName(): boolean {
    const [here, after] = [sets[at]!, sets[at + 1]];
    return after !== undefined && pairs(after) && after.length === here.length && !tried.has(at + 1);
  }

  return {
    isKnown: () => at === known,
    next: () => sets[at]!,
    judge({ kernelLimit }) {
      if (isSettled) return 'keep';
      if (at === last) return keep();
      if (kernelLimit === 'wrong' || kernelLimit === 'wide-wrong' || kernelLimit === 'missing') {
        fail('gives wrong sums, or none,');
        return 'replace';
      }
      if (kernelLimit === null || !pairs(sets[at]!) || at === known) return keep();
      tried.set(at, 'narrow');
      const better = hasOtherName() ? at + 1 : firstNarrow()!;
      if (better === at) return keep();
      moveTo(better, 'does not pair operations');
      return 'replace';
    },
    diedAtStart(death) {
      if (isSettled || at === last || !mayBeOfFlags(death)) return false;
      fail('ended its process');
      return true;
    },
  };
}

/** Signals that a process causes itself. */
const ownSignals = new Set(['SIGTRAP', 'SIGABRT', 'SIGILL', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGSYS']);
/** The smallest of the exit codes with which Windows ends a process for what is a signal elsewhere. */
const firstWindowsFault = 0x80000000;

/**
 * Whether flags may have caused the death: V8 traps, aborts or misbehaves if it cannot cope with a flag, but neither
 * throws nor exits in order.
 */
function mayBeOfFlags(death: EngineDeath): boolean {
  switch (death.kind) {
    case 'out-of-memory':
    case 'hung':
      return true;
    case 'killed':
      return ownSignals.has(death.signal);
    case 'crashed':
      return death.exitCode !== null && death.exitCode >>> 0 >= firstWindowsFault;
    case 'exited':
    case 'not-started':
      return false;
  }
}

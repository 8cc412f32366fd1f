/**
 * Which flags engines are started with. Each set is tried on a real engine process before it has any run: one that dies
 * or gives wrong sums is followed by one with the next set, down to none.
 */
import type { EngineDescription } from '../../engine/api.ts';
import type { EngineDeath } from './engine-death.ts';
import { type FlagSet, flagSets, flagsText, pairs } from './kernel-flags.ts';

/** What was found best for this V8 before. A wrong memory costs a start, nothing else. */
export interface FlagMemory {
  recall(): FlagSet | null;
  remember(set: FlagSet): void;
}

export interface FlagChoice {
  /** What `next` says was found good before, on this V8. */
  isKnown(): boolean;
  /** For the engine that is started next. */
  next(): FlagSet;
  /** An engine has said who it is: whether it is kept, or another is started in its place. */
  judge(engine: EngineDescription): 'keep' | 'replace';
  /** One died before it could: whether the flags may be to blame, so that `next()` gives others. */
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

export function chooseFlags(options: FlagChoiceOptions = {}): FlagChoice {
  const { sets = flagSets(), memory = forgetful, say = log } = options;
  const last = sets.length - 1;
  // Only what would be tried here anyway.
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

  /** Goes on to a set that computes rightly though narrowly, where there is one; else to the next. */
  function fail(why: string): void {
    tried.set(at, 'failed');
    moveTo(firstNarrow() ?? at + 1, why);
  }

  function firstNarrow(): number | undefined {
    return [...tried].find(([, result]) => result === 'narrow')?.[0];
  }

  /** Whether the set after this one asks for the same by another name. */
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

/** Signals that a process earns by itself. */
const ownSignals = new Set(['SIGTRAP', 'SIGABRT', 'SIGILL', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGSYS']);
/** Windows ends a process with a code from here on for what is a signal elsewhere. */
const firstWindowsFault = 0x80000000;

/** V8 traps, aborts or runs astray where it cannot live with a flag; it neither throws nor exits in order. */
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

/**
 * The ways in which an engine process can end without being asked to. An exit is not a crash; each way has its own
 * sentence.
 */
import { type Problem, problem } from '../../engine/errors.ts';

export type EngineDeath =
  /** A signal from outside killed it. Linux sends one when memory runs out. */
  | { kind: 'killed'; signal: string }
  | { kind: 'out-of-memory' }
  /** It stopped answering and was killed for it. */
  | { kind: 'hung'; silentSeconds: number }
  /** It died of an error of its own. */
  | { kind: 'crashed'; exitCode: number | null; lastWords: string | null }
  /** It ended in order, with exit code 0. */
  | { kind: 'exited' }
  | { kind: 'not-started' };

/** What is known before the exit: the error that the process reported, and what the supervisor did to it. */
export interface LastSeen {
  dying: { name: string; message: string } | null;
  /** Set if it was killed because it hung. */
  silentSeconds: number | null;
}

/**
 * The exit code with which Chromium, and so Electron, ends a process on Windows when memory runs out. It may arrive as
 * a signed number.
 */
const windowsOutOfMemory = 0xe0000008;

/**
 * How the process died. `signal` is given if the host knows it; codes above 128 are a shell's way to report a signal.
 */
export function tellDeath(code: number | null, signal: string | null, seen: LastSeen): EngineDeath {
  if (seen.silentSeconds !== null) return { kind: 'hung', silentSeconds: seen.silentSeconds };
  if (seen.dying) {
    return isOutOfMemory(seen.dying)
      ? { kind: 'out-of-memory' }
      : { kind: 'crashed', exitCode: code, lastWords: `${seen.dying.name}: ${seen.dying.message}` };
  }
  // V8 aborts when its heap is full, and traps when the system has no room for the heap or under Electron; nothing else
  // in a running engine does either.
  if (signal === 'SIGABRT' || signal === 'SIGTRAP' || code === 134 || code === 133) {
    return { kind: 'out-of-memory' };
  }
  if (code !== null && code >>> 0 === windowsOutOfMemory) return { kind: 'out-of-memory' };
  if (signal !== null) return { kind: 'killed', signal };
  if (code === 137) return { kind: 'killed', signal: 'SIGKILL' };
  if (code === null) return { kind: 'not-started' };
  return code === 0 ? { kind: 'exited' } : { kind: 'crashed', exitCode: code, lastWords: null };
}

function isOutOfMemory({ name, message }: { name: string; message: string }): boolean {
  return (
    name === 'RangeError' && /allocation failed|out of memory|invalid (typed )?array length/i.test(message)
  );
}

/** A death as a problem with its sentence, code `engine-…`. */
export function deathProblem(death: EngineDeath): Problem {
  const say = (sentence: string, details: Problem['details'] = {}) =>
    problem(`engine-${death.kind}`, '', sentence, details);
  switch (death.kind) {
    case 'killed':
      return say(`the engine was killed by ${death.signal}, from outside or for want of memory`, {
        signal: death.signal,
      });
    case 'out-of-memory':
      return say('the engine ran out of memory; a smaller model, batch or sequence length needs less');
    case 'hung':
      return say(`the engine did not answer for ${death.silentSeconds} seconds and was ended`, {
        seconds: death.silentSeconds,
      });
    case 'crashed': {
      const { exitCode, lastWords } = death;
      // The message leaves out the last words: they are V8's, and the process itself has logged them.
      return say('the engine ended because of an error of its own', { exitCode, lastWords });
    }
    case 'exited':
      return say('the engine ended by itself, in order, though nobody had asked it to');
    case 'not-started':
      return say('the engine could not be started');
  }
}

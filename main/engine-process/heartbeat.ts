/**
 * Detects engines that hang, which look like ones that work: they are asked again and again, and killed if they stay
 * silent.
 */
import type { LastSeen } from './engine-death.ts';

/** How long a process may be silent, in milliseconds of our own timer; none pass while the computer sleeps. */
export interface Patience {
  betweenBeatsMs: number;
  idleMs: number;
  /** Limit while the process starts or a call is under way, which may be large. */
  busyMs: number;
}

/** The part of a process that is needed to ask it. */
export interface Asked {
  rpc: { describe(): Promise<unknown> };
  child: { kill(): void };
  /** Number of calls under way. */
  calls: number;
  seen: LastSeen;
  /** Whether a message has arrived since the last beat; set where messages arrive. */
  heard: boolean;
}

/** Asks a process for its description at each beat, and kills it if it is silent for too long. */
export function keepAsking(asked: Asked, isReady: () => boolean, patience: Patience): NodeJS.Timeout {
  let unanswered = 0;
  let isAsked = false;
  return setInterval(() => {
    if (!isAsked) {
      unanswered = 0;
      isAsked = true;
      const answered = () => {
        isAsked = false;
      };
      asked.rpc.describe().then(answered, answered);
      return;
    }
    // Counted in our own beats, not by a clock: whatever holds us up, or sleeps, holds up the answer, too.
    unanswered = asked.heard ? 0 : unanswered + 1;
    asked.heard = false;
    const silentMs = unanswered * patience.betweenBeatsMs;
    const isBusy = asked.calls > 0 || !isReady();
    if (silentMs < (isBusy ? patience.busyMs : patience.idleMs)) return;
    asked.seen.silentSeconds ??= Math.round(silentMs / 1000);
    asked.child.kill();
  }, patience.betweenBeatsMs);
}

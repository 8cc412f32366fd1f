/** An engine that hangs looks like one that works; it is asked again and again, and killed when it says nothing. */
import type { LastSeen } from './engine-death.ts';

/** How long a process may be silent, in milliseconds of ours: while a slept computer sleeps, none pass. */
export interface Patience {
  betweenBeatsMs: number;
  idleMs: number;
  /** While it starts, or a call is under way: it may be large. */
  busyMs: number;
}

/** A process as far as it can be asked. */
export interface Asked {
  rpc: { describe(): Promise<unknown> };
  child: { kill(): void };
  /** Calls under way. */
  calls: number;
  seen: LastSeen;
  /** It has said something since it was last looked after; set where its words arrive. */
  heard: boolean;
}

/** Asks again and again who it is; one that says nothing for too long hangs, and is killed. */
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
    // Counted in beats of our own, not by a clock: what holds us up, or sleeps, holds up the answer, too.
    unanswered = asked.heard ? 0 : unanswered + 1;
    asked.heard = false;
    const silentMs = unanswered * patience.betweenBeatsMs;
    const isBusy = asked.calls > 0 || !isReady();
    if (silentMs < (isBusy ? patience.busyMs : patience.idleMs)) return;
    asked.seen.silentSeconds ??= Math.round(silentMs / 1000);
    asked.child.kill();
  }, patience.betweenBeatsMs);
}

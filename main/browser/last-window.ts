/** How long a lab outlives its last window. A reload is back sooner. */
export const LINGER_MS = 5000;

export interface LastWindow {
  connected(): void;
  disconnected(): void;
  /** There is none now. */
  isGone(): boolean;
}

/** Calls `end` when there has been a window and, for {@link LINGER_MS}, none any more. */
export function watchLastWindow(end: () => void): LastWindow {
  let windows = 0;
  let linger: NodeJS.Timeout | undefined;
  return {
    connected() {
      windows += 1;
      clearTimeout(linger);
    },
    disconnected() {
      windows -= 1;
      if (windows === 0) linger = setTimeout(end, LINGER_MS);
    },
    isGone: () => windows === 0,
  };
}

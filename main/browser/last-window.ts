/** How long a lab outlives its last window, in milliseconds. A reload reconnects sooner. */
export const LINGER_MS = 5000;

export interface LastWindow {
  connected(): void;
  disconnected(): void;
  /** Whether there is no window now. */
  isGone(): boolean;
}

/** Calls `end` when the last window has been gone for {@link LINGER_MS}. */
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

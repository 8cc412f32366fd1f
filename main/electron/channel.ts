/**
 * The one channel between a window and main. It carries texts and frames of bytes (main/window-message.ts) both ways.
 */
export const CHANNEL = 'ohlol';

/** Channel for the path of a file dropped on a page; main records the path before the page asks for the file. */
export const DROPPED = 'ohlol-dropped';

/** A page's first message, which says that it listens. Main then starts a session, a new one after each reload. */
export const LISTENING = '';

/** All that the preload script puts on a window's `ohlol`, and so all that a page can reach of this computer. */
export const WINDOW_PORT = ['post', 'listen', 'pathOf'] as const;

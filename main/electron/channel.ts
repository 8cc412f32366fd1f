/** The one channel between a window and main: texts and frames of bytes (main/window-message.ts) both ways. */
export const CHANNEL = 'ohlol';

/** Where a file lies that was dropped on a page: main notes it before the page asks for it. */
export const DROPPED = 'ohlol-dropped';

/** A page's first text: it listens now. Main then starts a session for it, a new one after each reload. */
export const LISTENING = '';

/** All that the preload script puts on a window's `ohlol`, and so all that a page has of this computer. */
export const WINDOW_PORT = ['post', 'listen', 'pathOf'] as const;

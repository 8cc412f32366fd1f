/** What the checker's process says first, before it is asked anything. */
export const checkerReady = 'ready';

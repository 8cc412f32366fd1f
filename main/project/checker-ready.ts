/** The checker process's first message, sent before it takes paths. */
export const checkerReady = 'ready';

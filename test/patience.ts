/**
 * How long tests wait for something that will come: far longer than an idle machine needs, since a busy one takes its
 * time, and a test that passes waits for nothing. For `vi.waitFor`, `vi.waitUntil` and `expect.poll`, whose own
 * default of a second is too short for a process to start.
 */
export const patience = { timeout: 60_000, interval: 20 };

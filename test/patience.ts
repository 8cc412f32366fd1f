/**
 * How long tests wait for something that will come, in ms: far longer than an idle machine needs, since a
 * busy machine is slow and a test that passes does not wait it out. It is for `vi.waitFor`, `vi.waitUntil`
 * and `expect.poll`, whose default of one second is too short for a process to start.
 */
export const patience = { timeout: 60_000, interval: 20 };

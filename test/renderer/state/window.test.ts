/** What a window says about its connection, from the first one to one that comes back. */
import { expect, it, vi } from 'vitest';
import type { LabConnection } from '../../../renderer/lab.ts';
import { connectionText } from '../../../renderer/screens/shell/saved.ts';
import { makeState, onConnection } from '../../../renderer/state/window.svelte.ts';
import { patience } from '../../patience.ts';

it('a connection counts as lost when there was one, not while the first one comes', async () => {
  const described = Promise.withResolvers<unknown>();
  const answers: Record<string, () => Promise<unknown>> = {
    describe: () => described.promise,
    getPreferences: async () => ({ language: null, theme: null, threads: null }),
    listTemplates: async () => [],
    listRecent: async () => [],
  };
  const connection = { api: answers, handlers: {}, onConnection() {} } as unknown as LabConnection;
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  const state = makeState(connection, ['en']);
  const said = () => connectionText(state.lab.connection);
  expect(said()).toBe('shell_connecting');
  onConnection(state, true);
  expect(said()).toBe('shell_connecting');
  described.resolve({ engine: { status: 'starting' } });
  await vi.waitFor(() => expect(said()).toBeNull(), patience);
  onConnection(state, false);
  expect(said()).toBe('shell_connection_lost');
  onConnection(state, true);
  await vi.waitFor(() => expect(said()).toBeNull(), patience);
  vi.unstubAllGlobals();
});

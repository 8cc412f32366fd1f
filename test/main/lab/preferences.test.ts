/** The user's preferences, and the one that the engine must know (threads). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { patience } from '../../patience.ts';
import { makeHome, removeHome, startTestLab, type TestLab, type TestWindow, valueIn } from './open-lab.ts';

let home: string;
let lab: TestLab;
let window: TestWindow;

const start = () => {
  lab = startTestLab(home);
  window = lab.openWindow();
};
const threads = async () => {
  const { engine } = await window.api.describe();
  return engine.status === 'ready' ? engine.engine.threads : null;
};

beforeEach(() => {
  home = makeHome();
});
afterEach(async () => {
  await lab.close();
  removeHome(home);
});

it('the number of threads reaches the engine, one in its place, and that of the next start', async () => {
  start();
  const { automatic, most, cores } = (await window.api.describe()).threads;
  expect(automatic).toBeLessThanOrEqual(Math.min(most, Math.max(1, cores - 1)));
  await vi.waitFor(async () => expect(await threads()).toBe(automatic), patience);
  const wanted = automatic + 1;
  expect((await window.api.setPreferences({ threads: wanted })).threads).toBe(wanted);
  expect(window.engine.at(-1)).toMatchObject({ status: 'ready', engine: { threads: wanted } });

  lab.engines[0]!.kill();
  await vi.waitFor(() => expect(lab.engines.length).toBe(2), patience);
  await vi.waitFor(async () => expect(await threads()).toBe(wanted), patience);
  await lab.close();
  start();
  await vi.waitFor(async () => expect(await threads()).toBe(wanted), patience);
  await window.api.setPreferences({ threads: null });
  expect(await threads()).toBe(automatic);
});

it.each([0, 1.5, 9, -1, '2'])('%s threads are refused at the door, and nothing changes', async (wanted) => {
  start();
  await expect(window.checked.setPreferences({ threads: wanted as number })).rejects.toThrow(
    'setPreferences(0.threads)',
  );
  expect(await window.api.getPreferences()).toEqual({ language: null, theme: null, threads: null });
});

it('what an older lab has written still counts, and a change keeps the rest', async () => {
  const file = join(home, 'settings', 'preferences.json');
  mkdirSync(join(home, 'settings'));
  writeFileSync(file, '{ "language": "zh", "theme": "dark" }');
  start();
  expect(await window.api.getPreferences()).toEqual({ language: 'zh', theme: 'dark', threads: null });
  await window.api.setPreferences({ threads: 2 });
  await window.api.setPreferences({ theme: 'light' });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ language: 'zh', theme: 'light', threads: 2 });
});

it('two labs on one folder keep what the other has written', async () => {
  start();
  const other = startTestLab(home);
  const there = other.openWindow();
  await window.api.setPreferences({ theme: 'dark' });
  await there.api.setPreferences({ language: 'zh' });
  const source = { kind: 'empty' } as const;
  const [a, b] = [
    await window.api.createProject({ source, path: null }),
    await there.api.createProject({ source, path: null }),
  ];
  await other.close();
  await lab.close();
  start();
  expect(await window.api.getPreferences()).toEqual({ language: 'zh', theme: 'dark', threads: null });
  const paths = [valueIn(a), valueIn(b)].map(({ path }) => path);
  expect((await window.api.listRecent()).map(({ path }) => path).sort()).toEqual(paths.sort());
});

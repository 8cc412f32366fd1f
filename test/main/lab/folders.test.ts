/** Folders of the lab that are missing, or are no folders. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withDatabase } from '../project/project-folder.ts';
import {
  makeHome,
  removeHome,
  startHelloLab,
  startTestLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from './open-lab.ts';

let home: string;
let lab: TestLab;
let window: TestWindow;
let path: string;

beforeEach(async () => {
  home = makeHome();
  ({ lab, window, path } = await startHelloLab(home));
});
afterEach(async () => {
  await lab.close();
  removeHome(home);
});

it('a project that cannot be remembered opens, and that is said with the folder', async () => {
  await lab.close();
  const settings = join(home, 'settings');
  rmSync(settings, { recursive: true, force: true });
  writeFileSync(settings, 'a file where the folder was');
  lab = startTestLab(home);
  window = lab.openWindow();
  const opened = await window.api.openProject({ path });
  expect(opened.ok && opened.warnings.map(({ code, details }) => [code, details.path])).toEqual([
    ['settings-unwritable', settings],
  ]);
});

it('a copy of what cannot be written goes to where projects go, though that folder has gone', async () => {
  await window.api.closeProject();
  const elsewhere = join(home, 'elsewhere', 'newer.ohlol');
  mkdirSync(dirname(elsewhere));
  renameSync(path, elsewhere);
  withDatabase(elsewhere, (database) => database.exec('PRAGMA user_version = 99'));
  rmSync(lab.projects, { recursive: true });
  const { access } = valueIn(await window.api.openProject({ path: elsewhere }));
  expect(access).toMatchObject({ kind: 'read-only', problem: { code: 'project-newer' } });
  const copy = valueIn(await window.api.duplicateProject());
  expect(dirname(copy.path)).toBe(lab.projects);
});

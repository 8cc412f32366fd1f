/** A file that is not as the lab left it is looked through first, in a process that can be stopped. */
import { appendFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { forkEngine } from '../../../main/browser/fork-engine.ts';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { isOwn, noteOwn, type OwnFiles } from '../../../main/lab/projects/own-files.ts';
import { openSettings } from '../../../main/lab/settings.ts';
import { checkerEntry } from '../../../main/paths.ts';
import { createFileChecker, type FileChecker } from '../../../main/project/file-checker.ts';
import { codesOf, startTestLab, valueIn } from '../lab/open-lab.ts';
import { makeProject, useFolder, withDatabase } from './project-folder.ts';

const folder = useFolder();
let checker: FileChecker;
afterEach(() => checker?.close());

/** A program in place of the checker. */
function program(text: string): () => EngineChild {
  const entry = folder.path('program.mjs');
  writeFileSync(entry, `${text};\nprocess.send('ready');`);
  return () => forkEngine(entry, []);
}

describe('the checker', () => {
  it('lets a project pass, and says of another why not, one after the other', async () => {
    checker = createFileChecker(() => forkEngine(checkerEntry, []));
    const good = makeProject(folder.path('a.ohlol'));
    const bad = makeProject(folder.path('b.ohlol'));
    withDatabase(bad, (database) => database.exec('CREATE TABLE t (x)'));
    const found = await Promise.all(
      [good, bad, good, folder.path('none.ohlol')].map((path) => checker.check(path)),
    );
    expect(found.map((problem) => problem?.code ?? null)).toEqual([
      null,
      'project-altered',
      null,
      'project-missing',
    ]);
  });

  it('is stopped where it takes too long, and the next file has another', async () => {
    const hangs = `process.on('message', (path) => {
      if (path.endsWith('hangs.ohlol')) for (;;);
      process.send({ ok: true, value: null, warnings: [] });
    })`;
    checker = createFileChecker(program(hangs), 5000);
    const path = makeProject(folder.path('hangs.ohlol'));
    const next = makeProject(folder.path('next.ohlol'));
    const found = await Promise.all([path, next].map((one) => checker.check(one)));
    expect(found).toMatchObject([{ code: 'project-takes-too-long', details: { path } }, null]);
  });

  it('that dies of a file has refused it', async () => {
    checker = createFileChecker(program("process.on('message', () => process.abort())"));
    const path = makeProject(folder.path('a.ohlol'));
    expect(await checker.check(path)).toMatchObject({ code: 'project-check-failed', details: { path } });
  });

  it.each([
    [
      'more rows than any lab writes',
      "INSERT INTO draft WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 200) SELECT 'p' || x, '1' FROM c",
    ],
    ['pages that are named twice', 'twice'],
  ])('finds %s', async (_, sql) => {
    checker = createFileChecker(() => forkEngine(checkerEntry, []));
    const path = makeProject(folder.path('a.ohlol'));
    if (sql === 'twice') nameTwice(path);
    else withDatabase(path, (database) => database.exec(sql));
    const before = readFileSync(path);
    expect((await checker.check(path))?.code).toBe('project-damaged');
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

/** The pages of two tables are one. */
function nameTwice(path: string): void {
  withDatabase(path, (database) => {
    database.enableDefensive(false);
    database.exec(`PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage =
      (SELECT rootpage FROM sqlite_schema WHERE name = 'blob') WHERE name = 'frozen'`);
  });
}

describe('in the lab', () => {
  it('a foreign file is checked, one that the lab left is not, and one that was changed since is', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    const lab = startTestLab(folder.path('home'));
    try {
      const window = lab.openWindow();
      const open = () => window.api.openProject({ path });
      valueIn(await open());
      expect(lab.checks).toBe(1);
      await window.api.closeProject();
      valueIn(await open());
      expect(lab.checks).toBe(1);
      await window.api.closeProject();
      withDatabase(path, (database) => database.exec('CREATE TABLE t (x)'));
      expect(codesOf(await open())).toEqual(['project-altered']);
      expect(lab.checks).toBeGreaterThan(0);
    } finally {
      await lab.close();
    }
  });
});

describe('what a lab has left', () => {
  it('is known by what nobody else can leave the same', () => {
    const path = makeProject(folder.path('a.ohlol'));
    const noted: OwnFiles = noteOwn([], path);
    expect(isOwn(noted, path)).toBe(true);
    const { length } = readFileSync(path);
    appendFileSync(path, 'x');
    expect(isOwn(noted, path)).toBe(false);
    // Of the same size, its times set back.
    writeFileSync(path, readFileSync(path).subarray(0, length));
    utimesSync(path, 0, 0);
    expect(isOwn(noted, path)).toBe(false);
    const again = noteOwn(noted, path);
    expect(again).toHaveLength(1);
    writeFileSync(`${path}-journal`, 'x');
    expect(isOwn(again, path)).toBe(false);
  });

  it('is kept among the settings', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    await openSettings(folder.path('settings')).noteOwnFile(path);
    expect(openSettings(folder.path('settings')).isOwnFile(path)).toBe(true);
    writeFileSync(join(folder.path('settings'), 'own-files.json'), 'spoilt');
    expect(openSettings(folder.path('settings')).isOwnFile(path)).toBe(false);
  });
});

/** A file that is not as the lab left it is checked first, in a process that can be killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { forkEngine } from '../../../main/engine-process/fork-node.ts';
import { isOwn, noteOwn, type OwnFiles } from '../../../main/lab/projects/own-files.ts';
import { openSettings } from '../../../main/lab/settings.ts';
import { checkerEntry } from '../../../main/paths.ts';
import { createFileChecker, type FileChecker } from '../../../main/project/file-checker.ts';
import { patience } from '../../patience.ts';
import { codesOf, startTestLab, valueIn } from '../lab/open-lab.ts';
import { makeProject, useFolder, withDatabase } from './project-folder.ts';

const folder = useFolder();
let checker: FileChecker;
afterEach(() => checker?.close());

/** Makes a program that takes the place of the checker. */
function program(text: string): () => EngineChild {
  const entry = folder.path('program.mjs');
  writeFileSync(entry, `${text};\nprocess.send('ready');`);
  return () => forkEngine(entry, []);
}

function counted(fork: () => EngineChild): { fork: () => EngineChild; count: number } {
  const forks = {
    count: 0,
    fork() {
      forks.count += 1;
      return fork();
    },
  };
  return forks;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie: the process has ended, but nobody has collected it, as for an orphan in a container without
    // an init.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
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

  it('that dies of a file, and again of it, has refused it', async () => {
    const forks = counted(program("process.on('message', () => process.abort())"));
    checker = createFileChecker(forks.fork);
    const path = makeProject(folder.path('a.ohlol'));
    expect(await checker.check(path)).toMatchObject({ code: 'project-check-failed', details: { path } });
    expect(forks.count).toBe(2);
  });

  it.skipIf(process.platform === 'win32')(
    'that is killed by another program looks again, and says nothing of the file where that is killed, too',
    async () => {
      const once = folder.path('killed');
      const killed = `import { existsSync, writeFileSync } from 'node:fs';
        process.on('message', (path) => {
          if (!path.endsWith('again.ohlol') && existsSync(${JSON.stringify(once)}))
            return process.send({ ok: true, value: null, warnings: [] });
          writeFileSync(${JSON.stringify(once)}, '');
          process.kill(process.pid, 'SIGKILL');
        })`;
      const forks = counted(program(killed));
      checker = createFileChecker(forks.fork);
      const path = makeProject(folder.path('a.ohlol'));
      const again = makeProject(folder.path('again.ohlol'));
      const found = await Promise.all([path, again].map((one) => checker.check(one)));
      expect(found).toMatchObject([null, { code: 'project-check-ended', details: { path: again } }]);
      expect(forks.count).toBe(3);
    },
  );

  it('that does not come up says nothing of the file', async () => {
    const forks = counted(() => forkEngine(folder.path('no-such-program.mjs'), [], true));
    checker = createFileChecker(forks.fork);
    const path = makeProject(folder.path('a.ohlol'));
    expect(await checker.check(path)).toMatchObject({ code: 'project-check-not-started', details: { path } });
    expect(forks.count).toBe(2);
  });

  it('that is closed keeps nobody waiting, and starts no other', async () => {
    const forks = counted(program("process.on('message', () => {})"));
    checker = createFileChecker(forks.fork);
    const path = makeProject(folder.path('a.ohlol'));
    const asked = [checker.check(path), checker.check(path)];
    await vi.waitFor(() => expect(forks.count).toBe(1), patience);
    checker.close();
    const ended = { code: 'project-check-ended', details: { path } };
    expect(await Promise.all(asked)).toMatchObject([ended, ended]);
    expect(forks.count).toBe(1);
  });

  it.skipIf(process.platform === 'win32')(
    'ends when its parent is killed, in the middle of a statement that never ends',
    async () => {
      const parent = spawn(process.execPath, [join(import.meta.dirname, 'spinning-parent.ts')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [said] = await once(parent.stdout, 'data');
      const pid = Number(String(said));
      expect(isThere(pid)).toBe(true);
      parent.kill('SIGKILL');
      await vi.waitFor(() => expect(isThere(pid)).toBe(false), patience);
    },
  );

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

/** Makes two tables use the same pages. */
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
    // The file has the same size, and its times are set back.
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

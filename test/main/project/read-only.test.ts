/** Files that can be read but not changed, and who has them. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { computerId } from '../../../main/project/computer.ts';
import { readDraft } from '../../../main/project/draft-store.ts';
import { newestVersion } from '../../../main/project/migrations.ts';
import { closeProjectFile, openProjectFile, type ProjectFile } from '../../../main/project/project-file.ts';
import { valueIn } from '../lab/open-lab.ts';
import { helloDraft, makeProject, permissionsBind, useFolder, withDatabase } from './project-folder.ts';

const folder = useFolder();

/** How the file opens: 'write', or the code that says why it is read-only. */
function accessTo(path: string): string {
  const file = valueIn(openProjectFile(path));
  expect(readDraft(file.database)).toEqual(helloDraft());
  closeProjectFile(file);
  return file.readOnly?.code ?? 'write';
}

async function holdElsewhere(path: string) {
  const child = fork(join(import.meta.dirname, 'hold-project.ts'), [path], { execArgv: [] });
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  expect(message).toBe('open');
  return child;
}

describe('the lock', () => {
  it('lets a second process look, names the first, and goes with it', async () => {
    const path = folder.path('a.ohlol');
    const child = await holdElsewhere(path);
    const file = valueIn(openProjectFile(path));
    expect(file.readOnly).toMatchObject({
      code: 'project-locked',
      details: { pid: child.pid!, host: hostname() },
    });
    expect(file.readOnly!.message).toContain(`process ${child.pid} on ${hostname()}`);
    expect(() => file.database.exec('DELETE FROM sample')).toThrow('readonly');
    closeProjectFile(file);

    child.kill('SIGKILL');
    await once(child, 'exit');
    const taken = valueIn(openProjectFile(path));
    expect(taken.readOnly).toBeNull();
    closeProjectFile(taken);
    expect(withDatabase(path, (database) => database.prepare('SELECT * FROM lock').all())).toEqual([]);
  });

  it('does not lock out the process that has it, through another path', () => {
    const path = makeProject(folder.path('a.ohlol'));
    const first = valueIn(openProjectFile(path));
    const second = valueIn(openProjectFile(path));
    expect(second.readOnly?.code).toBe('project-locked');
    closeProjectFile(second);
    closeProjectFile(first);
    expect(accessTo(path)).toBe('write');
  });

  /** Leaves the lock row that a process with this number and start time would have left. */
  function leaveLock(path: string, pid: number, host: string, started: string | null): void {
    withDatabase(path, (database) =>
      database
        .prepare("INSERT INTO lock VALUES (1, ?, ?, ?, 'some token', '2026-01-01T00:00:00.000Z')")
        .run(pid, host, started),
    );
  }

  it.each([
    ['of a number that nobody has', 2 ** 22 + 1, null],
    ['of an earlier process with this very number', process.pid, null],
  ])('%s is stale', (_, pid, started) => {
    const path = makeProject(folder.path('a.ohlol'));
    leaveLock(path, pid, hostname(), started);
    expect(accessTo(path)).toBe('write');
  });

  it.skipIf(process.platform === 'win32')(
    'of an earlier process whose number a living one has is stale',
    () => {
      const path = makeProject(folder.path('a.ohlol'));
      leaveLock(path, 1, hostname(), 'before this computer was started');
      expect(accessTo(path)).toBe('write');
    },
  );

  it.each([
    ['of another computer', 'another-computer [0123456789abcdef]', null],
    ['of a lab that did not know its computer', 'another-computer', null],
    ['of a living number whose start nobody noted', hostname(), null],
  ])('%s holds, until it is taken over: nothing can be known of it', (_, host, started) => {
    const path = makeProject(folder.path('a.ohlol'));
    leaveLock(path, 1, host, started);
    expect(accessTo(path)).toBe('project-locked-unsure');
    const taken = valueIn(openProjectFile(path, { takeOver: true }));
    expect(taken.readOnly).toBeNull();
    closeProjectFile(taken);
    expect(accessTo(path)).toBe('write');
  });

  it.skipIf(computerId() === null)(
    'of a dead process is stale though the computer has another name now',
    () => {
      const path = makeProject(folder.path('a.ohlol'));
      leaveLock(path, 2 ** 22 + 1, `its-old-name [${computerId()}]`, null);
      expect(accessTo(path)).toBe('write');
    },
  );

  it('of a living process is never taken over', async () => {
    const path = folder.path('a.ohlol');
    const child = await holdElsewhere(path);
    const file = valueIn(openProjectFile(path, { takeOver: true }));
    expect(file.readOnly?.code).toBe('project-locked');
    closeProjectFile(file);
    child.kill('SIGKILL');
  });

  it('of a lab that has a file of an older version open keeps it from being migrated', () => {
    const path = folder.path('old.ohlol');
    copyFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'projects', 'v1.ohlol'), path);
    withDatabase(path, (database) =>
      database.exec(
        "INSERT OR REPLACE INTO lock VALUES (1, 1, 'another-computer', '2026-01-01T00:00:00.000Z')",
      ),
    );
    const before = readFileSync(path);
    const file = valueIn(openProjectFile(path));
    expect(file.readOnly?.code).toBe('project-locked-unsure');
    closeProjectFile(file);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder.path('.'))).toEqual(['old.ohlol']);
  });
});

describe('a file of a newer version', () => {
  it('is shown, with both versions named, and stays as it was, byte for byte', () => {
    const path = makeProject(folder.path('a.ohlol'));
    withDatabase(path, (database) => database.exec(`PRAGMA user_version = ${newestVersion + 3}`));
    const before = readFileSync(path);
    const file: ProjectFile = valueIn(openProjectFile(path));
    expect(file.readOnly).toMatchObject({
      code: 'project-newer',
      details: { version: newestVersion + 3, known: newestVersion },
    });
    expect(readDraft(file.database)).toEqual(helloDraft());
    closeProjectFile(file);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe.skipIf(!permissionsBind)('permissions', () => {
  it('make a file or its folder read-only', () => {
    mkdirSync(folder.path('locked'));
    const path = makeProject(folder.path('locked/a.ohlol'));
    chmodSync(path, 0o444);
    expect(accessTo(path)).toBe('project-read-only');
    chmodSync(path, 0o644);
    chmodSync(folder.path('locked'), 0o555);
    expect(accessTo(path)).toBe('project-folder-read-only');
    chmodSync(folder.path('locked'), 0o755);
    expect(accessTo(path)).toBe('write');
  });
});

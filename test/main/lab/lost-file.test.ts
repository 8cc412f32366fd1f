/** A project whose file disappears, is copied, or is held by another process, while the project is open. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { patience } from '../../patience.ts';
import { integrityOf, makeProject, permissionsBind, withDatabase } from '../project/project-folder.ts';
import {
  codesOf,
  hasStatus,
  makeHome,
  removeHome,
  startHelloLab,
  startTestLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from './open-lab.ts';

const label = { key: 'edit_test', values: {} };
const everyEpoch = { since: 0, limit: 10_000 };
const rename = (name: string) => ({ edit: { kind: 'name', name }, label }) as const;

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

async function restart(): Promise<void> {
  await lab.close();
  lab = startTestLab(home);
  window = lab.openWindow();
}

const nameNow = async () => (await window.api.getProject())!.draft.name;
const kept = () => join(home, 'settings', 'kept');

describe('a file that is moved or deleted while it is open', () => {
  it('is said at once; work goes on and outlives the lab in a copy; Save a Copy ends it', async () => {
    valueIn(await window.api.edit(rename('before')));
    const elsewhere = join(home, 'moved.ohlol');
    renameSync(path, elsewhere);
    const { access } = await window.projectIs((status) => status.access.kind === 'adrift');
    expect(access).toMatchObject({ problem: { code: 'project-lost', details: { path } } });
    valueIn(await window.api.edit(rename('after')));
    valueIn(await window.api.undo());
    valueIn(await window.api.redo());
    const { id } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
    await window.runIs(id, hasStatus('finished'));

    // The project outlives the lab: it is among the recent projects.
    await restart();
    const [recent] = await window.api.listRecent();
    expect(recent!.path.startsWith(kept())).toBe(true);
    const view = valueIn(await window.api.openProject({ path: recent!.path }));
    expect(view.draft.name).toBe('after');
    expect(view.runs).toMatchObject([{ state: { status: 'finished' } }]);
    const moved = valueIn(await lab.openWindow().api.openProject({ path: elsewhere }));
    expect([moved.draft.name, moved.access.kind]).toEqual(['before', 'write']);
  });

  it('comes to rest where a copy is saved, and the stand-in goes', async () => {
    rmSync(path);
    await window.projectIs((status) => status.access.kind === 'adrift');
    valueIn(await window.api.edit(rename('adrift')));
    const home2 = join(home, 'saved.ohlol');
    valueIn(await window.api.saveCopy({ path: home2, overwrite: false }));
    expect(await window.api.getProject()).toMatchObject({ path: home2, access: { kind: 'write' } });
    expect(readdirSync(kept())).toEqual([]);
    valueIn(await window.api.edit(rename('at home')));
    await restart();
    expect(valueIn(await window.api.openProject({ path: home2 })).draft.name).toBe('at home');
  });

  it('is noticed by the edit itself, which is not lost', async () => {
    renameSync(path, join(home, 'moved.ohlol'));
    valueIn(await window.api.edit(rename('straight after')));
    expect((await window.api.getProject())!.access.kind).toBe('adrift');
    expect(await nameNow()).toBe('straight after');
  });

  it('replaced by another file is not written over', async () => {
    renameSync(path, join(home, 'moved.ohlol'));
    writeFileSync(path, 'mine');
    valueIn(await window.api.edit(rename('x')));
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect((await window.api.getProject())!.access.kind).toBe('adrift');
  });

  it.each([
    ['cut off', () => truncateSync(path, 0)],
    ['written over with something else', () => writeFileSync(path, 'something else '.repeat(10_000))],
    ['written over with another project', () => writeFileSync(path, readFileSync(makeProject(`${path}.b`)))],
  ])('%s in its place, it leaves the draft to the copy', async (_, spoil) => {
    valueIn(await window.api.edit(rename('mine')));
    const { id } = valueIn(await window.api.newRun());
    spoil();
    const spoilt = readFileSync(path);
    const { access } = await window.projectIs((status) => status.access.kind === 'adrift');
    expect(access).toMatchObject({ problem: { code: 'project-overwritten', details: { path } } });
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { seed: 77 } }, label }));
    const view = (await window.api.getProject())!;
    expect([view.draft.name, view.draft.training.seed, view.runs]).toEqual(['mine', 77, []]);
    expect(codesOf(await window.api.getRun(id))).toEqual(['run-missing']);
    expect(readFileSync(path).equals(spoilt)).toBe(true);

    const { id: next } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: next, command: { kind: 'run', epochsPerSecond: null } }));
    await window.runIs(next, ({ progress, state }) => progress.epoch === 20 && state.status === 'finished');
    const saved = join(home, 'saved.ohlol');
    valueIn(await window.api.saveCopy({ path: saved, overwrite: false }));
    expect(integrityOf(saved)).toBe('ok');
  });
});

describe.skipIf(!permissionsBind)('a file that becomes read-only while it is open', () => {
  it.each([
    ['itself', () => path, 0o444, 'project-read-only'],
    ['with its folder', () => lab.projects, 0o555, 'project-folder-read-only'],
  ] as const)('%s, is said at once, and work goes on in a copy', async (_, place, mode, code) => {
    chmodSync(place(), mode);
    const { access } = await window.projectIs((status) => status.access.kind === 'adrift');
    expect(access).toMatchObject({ problem: { code } });
    valueIn(await window.api.edit(rename('kept')));
    const saved = join(home, 'saved.ohlol');
    valueIn(await window.api.saveCopy({ path: saved, overwrite: false }));
    expect(await nameNow()).toBe('kept');
    chmodSync(place(), 0o755);
  });
});

describe('Save a Copy', () => {
  it('writes everything, runs and history too, while a run goes on; the project stays what it is', async () => {
    valueIn(await window.api.edit(rename('copied')));
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 1_000_000 } }, label }));
    const { id } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
    await window.runIs(id, ({ lastLoss }) => lastLoss !== null);
    const copy = join(home, 'copy.ohlol');
    const saved = valueIn(await window.api.saveCopy({ path: copy, overwrite: false }));
    expect(saved).toEqual({ path: copy, bytes: readFileSync(copy).length });
    expect(integrityOf(copy)).toBe('ok');
    // Else another process would take the copy for a project that is open here.
    expect(withDatabase(copy, (database) => database.prepare('SELECT * FROM lock').all())).toEqual([]);
    expect(await window.api.getProject()).toMatchObject({ path, access: { kind: 'write' } });

    const other = lab.openWindow();
    const view = valueIn(await other.api.openProject({ path: copy }));
    expect(view).toMatchObject({ access: { kind: 'write' }, draft: { name: 'copied' } });
    expect(view.runs[0]!.state.status).toBe('interrupted');
    expect(view.runs[0]!.progress.epoch).toBeGreaterThan(0);
    expect(valueIn(await other.api.getEpochs({ runId: id, ...everyEpoch })).length).toBeGreaterThan(0);
    valueIn(await other.api.undo());
    expect(readdirSync(home).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('refuses what is there, itself, and any project even when it may overwrite', async () => {
    const there = join(home, 'there.ohlol');
    writeFileSync(there, 'mine');
    expect(codesOf(await window.api.saveCopy({ path: there, overwrite: false }))).toEqual(['file-exists']);
    expect(codesOf(await window.api.saveCopy({ path, overwrite: true }))).toEqual(['project-same-file']);
    const nowhere = join(home, 'no', 'a.ohlol');
    expect(codesOf(await window.api.saveCopy({ path: nowhere, overwrite: true }))).toEqual(['no-folder']);
    const other = lab.openWindow();
    const source = { kind: 'template', name: 'hello-rnncell' } as const;
    const open = valueIn(await other.api.createProject({ source, path: null })).path;
    expect(codesOf(await window.api.saveCopy({ path: open, overwrite: true }))).toEqual(['over-project']);
    expect(readFileSync(there, 'utf8')).toBe('mine');
    valueIn(await window.api.saveCopy({ path: there, overwrite: true }));
    expect(integrityOf(there)).toBe('ok');
  });

  it('is not spoilt by a journal that a crash left beside the file it replaces', async () => {
    const there = join(home, 'there.ohlol');
    writeFileSync(there, 'old');
    writeFileSync(`${there}-journal`, Buffer.alloc(4096, 0xd9));
    valueIn(await window.api.saveCopy({ path: there, overwrite: true }));
    expect(existsSync(`${there}-journal`)).toBe(false);
    expect(integrityOf(there)).toBe('ok');
  });
});

describe('Duplicate', () => {
  it('opens a copy under a free name beside it; the first is closed and whole', async () => {
    valueIn(await window.api.edit(rename('first')));
    const view = valueIn(await window.api.duplicateProject());
    expect(view.path).toBe(join(lab.projects, 'hello-rnn-copy.ohlol'));
    valueIn(await window.api.edit(rename('second')));
    expect(valueIn(await window.api.openProject({ path })).draft.name).toBe('first');
  });
});

describe('a project that another process has', () => {
  it('can be looked at and copied, and every change says who has it', async () => {
    const theirs = join(home, 'theirs.ohlol');
    const holder = join(import.meta.dirname, '..', 'project', 'hold-project.ts');
    const child = fork(holder, [theirs], { execArgv: [] });
    await once(child, 'message');
    const view = valueIn(await window.api.openProject({ path: theirs }));
    expect(view.access).toMatchObject({
      kind: 'read-only',
      problem: { code: 'project-locked', details: { pid: child.pid! } },
    });
    const before = readFileSync(theirs);
    const refused = [
      await window.api.edit(rename('x')),
      await window.api.undo(),
      await window.api.redo(),
      await window.api.newRun(),
    ];
    for (const result of refused) expect(codesOf(result)).toEqual(['project-locked']);
    const copy = join(home, 'copy.ohlol');
    valueIn(await window.api.saveCopy({ path: copy, overwrite: false }));
    expect(readFileSync(theirs).equals(before)).toBe(true);
    expect(withDatabase(copy, (database) => database.prepare('SELECT * FROM lock').all())).toEqual([]);

    // When the other process ends, in order or not, nothing needs to be cleaned up.
    child.kill('SIGKILL');
    await once(child, 'exit');
    await window.projectIs((status) => status.path === theirs && status.access.kind === 'write');
    valueIn(await window.api.edit(rename('ours now')));
    expect(await nameNow()).toBe('ours now');
  });
});

describe('a project that may be open on another computer', () => {
  const rows = (database: DatabaseSync) => database.prepare('SELECT pid, host FROM lock').all();

  it('can be taken over; the one that had it writes no more, and says who has it', async () => {
    // The run must not end while the other lab checks the file.
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 1_000_000 } }, label }));
    const { id } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: 20 } }));
    await window.runIs(id, ({ progress }) => progress.epoch > 0);
    // The lock looks as if this lab ran on another computer that shares the folder.
    withDatabase(path, (database) => database.exec("UPDATE lock SET host = 'other [0123456789abcdef]'"));

    const otherHome = makeHome();
    const second = startTestLab(otherHome);
    const other = second.openWindow();
    const view = valueIn(await other.api.openProject({ path }));
    expect(view.access).toMatchObject({
      kind: 'read-only',
      problem: { code: 'project-locked-unsure', details: { host: 'other', pid: process.pid } },
    });
    expect(view.runs[0]!.state.status).toBe('running');
    expect(codesOf(await other.api.edit(rename('x')))).toEqual(['project-locked-unsure']);

    const taken = valueIn(await other.api.takeOverProject());
    expect([taken.access.kind, taken.runs[0]!.state.status]).toEqual(['write', 'interrupted']);
    valueIn(await other.api.edit(rename('theirs')));
    expect(codesOf(await window.api.edit(rename('mine')))).toEqual(['project-taken-over']);
    const { access } = await window.projectIs((status) => status.access.kind === 'read-only');
    expect(access).toMatchObject({ problem: { code: 'project-taken-over', details: { path } } });
    await window.runIs(id, hasStatus('interrupted'));
    expect(withDatabase(path, rows)).toHaveLength(1);

    // The file comes back as the other lab has left it.
    await second.close();
    await window.projectIs((status) => status.access.kind === 'write');
    expect((await window.api.getProject())!.draft.name).toBe('theirs');
    valueIn(await window.api.edit(rename('mine again')));
    removeHome(otherHome);
  });

  it('is not taken from a process of which it is known that it lives', async () => {
    const other = startTestLab(join(home, 'other'));
    const shown = other.openWindow();
    const theirs = makeProject(join(home, 'theirs.ohlol'));
    const holder = join(import.meta.dirname, '..', 'project', 'hold-project.ts');
    rmSync(theirs);
    const child = fork(holder, [theirs], { execArgv: [] });
    await once(child, 'message');
    valueIn(await shown.api.openProject({ path: theirs }));
    expect(codesOf(await shown.api.takeOverProject())).toEqual(['project-locked']);
    child.kill('SIGKILL');
    await other.close();
  });
});

describe('recent projects', () => {
  it('leave out what is gone', async () => {
    mkdirSync(join(home, 'elsewhere'));
    const source = { kind: 'template', name: 'hello-rnncell' } as const;
    const second = valueIn(await window.api.createProject({ source, path: null })).path;
    expect((await window.api.listRecent()).map((recent) => recent.path)).toEqual([second, path]);
    await window.api.closeProject();
    renameSync(second, join(home, 'elsewhere', 'b.ohlol'));
    expect((await window.api.listRecent()).map((recent) => recent.path)).toEqual([path]);
  });

  it('tell of a run that a killed lab left, without having been closed', async () => {
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { epochs: 1_000_000 } }, label }));
    const { id } = valueIn(await window.api.newRun());
    valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: 20 } }));
    await window.runIs(id, ({ progress }) => progress.epoch > 0);
    const [live] = await window.api.listRecent();
    expect(live!.lastRun).toMatchObject({ status: 'running', epochs: 1_000_000 });
    const stored = join(home, 'settings', 'recent.json');
    await expect.poll(() => readFileSync(stored, 'utf8'), patience).toContain('"status": "running"');
    const after = makeHome();
    mkdirSync(join(after, 'settings'));
    copyFileSync(stored, join(after, 'settings', 'recent.json'));
    const next = startTestLab(after);
    const [left] = await next.openWindow().api.listRecent();
    expect(left!.lastRun!.status).toBe('interrupted');
    await next.close();
    removeHome(after);
  });
});

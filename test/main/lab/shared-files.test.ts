/** A project file that others copy, change or corrupt, or whose disk is full. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listKept } from '../../../main/lab/projects/kept.ts';
import { closeProjectFile, openProjectFile } from '../../../main/project/project-file.ts';
import { patience } from '../../patience.ts';
import { helloDraft, integrityOf, makeProject, withDatabase } from '../project/project-folder.ts';
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

async function finishedRun(): Promise<string> {
  const { id } = valueIn(await window.api.newRun());
  valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
  await window.runIs(id, hasStatus('finished'));
  return id;
}

describe('a copy that was made while the project was open', () => {
  it.each(['hello-rnn (conflicted copy).ohlol', 'a copy.ohlol'])('%s opens to be written', async (name) => {
    const copy = join(lab.projects, name);
    copyFileSync(path, copy);
    const other = lab.openWindow();
    const view = valueIn(await other.api.openProject({ path: copy }));
    expect(view.access).toEqual({ kind: 'write' });
    valueIn(await other.api.edit(rename('the copy')));
    valueIn(await window.api.edit(rename('the first')));
    expect((await window.api.getProject())!.access).toEqual({ kind: 'write' });
    // The copy is locked like any other project.
    const second = startTestLab(join(home, 'second'));
    const again = valueIn(await second.openWindow().api.openProject({ path: copy }));
    expect(again.access).toMatchObject({ kind: 'read-only', problem: { code: 'project-locked' } });
    await second.close();
  });

  it('is no way into the project itself, by whatever name: a second opening offers a copy', async () => {
    const moved = join(home, 'elsewhere.ohlol');
    const second = startTestLab(join(home, 'second'));
    const shown = second.openWindow();
    const view = valueIn(await shown.api.openProject({ path }));
    expect(view.access).toMatchObject({ problem: { code: 'project-locked' } });
    expect(view.warnings[0]!.message).toContain('save a copy');
    valueIn(await shown.api.saveCopy({ path: moved, overwrite: false }));
    await second.close();
  });
});

describe('a change by another program while it is open', () => {
  const keptName = async () => (await window.api.getProject())!.draft.name;

  it('is noticed, and neither is written over', async () => {
    const id = await finishedRun();
    valueIn(await window.api.edit(rename('ours')));
    withDatabase(path, (database) =>
      database.exec(`UPDATE draft SET value = '"theirs"' WHERE part = 'name'`),
    );
    const { access } = await window.projectIs((status) => status.access.kind === 'adrift');
    expect(access).toMatchObject({ problem: { code: 'project-changed', details: { path } } });
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { seed: 77 } }, label }));
    expect(await keptName()).toBe('ours');
    expect(valueIn(await window.api.getEpochs({ runId: id, since: 0, limit: 100 }))).toHaveLength(20);
    const saved = join(home, 'saved.ohlol');
    valueIn(await window.api.saveCopy({ path: saved, overwrite: false }));
    expect(integrityOf(saved)).toBe('ok');
    const theirs = valueIn(openProjectFile(path));
    expect(theirs.draft.name).toBe('theirs');
    closeProjectFile(theirs);
  });

  it.each(['an edit', 'a run'])('is noticed where it is an older state, before %s', async (what) => {
    const older = readFileSync(path);
    if (what === 'a run') await finishedRun();
    else valueIn(await window.api.edit(rename('newer')));
    const name = await keptName();
    writeFileSync(path, older);
    valueIn(await window.api.edit({ edit: { kind: 'training', patch: { seed: 78 } }, label }));
    const view = (await window.api.getProject())!;
    expect(view.access).toMatchObject({ kind: 'adrift', problem: { code: 'project-changed' } });
    expect([view.draft.name, view.draft.training.seed]).toEqual([name, 78]);
    expect(readFileSync(path).equals(older)).toBe(true);
  });

  it('of nothing that was written here is taken as it is', async () => {
    await finishedRun();
    withDatabase(path, (database) => database.exec('VACUUM; UPDATE lock SET since = since'));
    valueIn(await window.api.edit(rename('goes on')));
    expect((await window.api.getProject())!.access).toEqual({ kind: 'write' });
  });
});

describe('one damaged run', () => {
  const spoils: [string, string][] = [
    ['state', `UPDATE run SET state = '{' WHERE id = ?`],
    ['progress', `UPDATE run SET progress = '{"epoch":"many"}' WHERE id = ?`],
    ['training', `UPDATE run SET training = x'00' || '' WHERE id = ?`],
    ['a number', 'UPDATE run SET first_right_epoch = 9223372036854775807 WHERE id = ?'],
  ];

  it.each(spoils)('(%s) is shown as that, and leaves the others as they are', async (_, sql) => {
    const spoilt = await finishedRun();
    const whole = await finishedRun();
    await window.api.closeProject();
    withDatabase(path, (database) => database.prepare(sql).run(Number(spoilt)));
    const view = valueIn(await window.api.openProject({ path }));
    expect(view.access).toEqual({ kind: 'write' });
    expect(view.runs.map(({ id }) => id)).toEqual([spoilt, whole]);
    const { state } = view.runs[0]!;
    expect(state).toMatchObject({
      status: 'interrupted',
      problem: { code: 'run-damaged', details: { number: 1 } },
    });
    const run = { kind: 'run', epochsPerSecond: null } as const;
    expect(codesOf(await window.api.controlRun({ runId: spoilt, command: run }))).toEqual(['run-damaged']);
    expect(valueIn(await window.api.getEpochs({ runId: whole, since: 0, limit: 100 }))).toHaveLength(20);
    valueIn(await window.api.previewExport({ runId: whole, format: 'weights-json' }));
    valueIn(await window.api.changeRun({ runId: spoilt, change: { kind: 'delete' }, label }));
    expect((await window.api.getProject())!.runs.map(({ id }) => id)).toEqual([whole]);
    valueIn(await window.api.undo());
    const third = await finishedRun();
    expect((await window.api.getProject())!.runs.map(({ id }) => id)).toEqual([spoilt, whole, third]);
  });

  it("(its checkpoint's bytes) says so where they are needed", async () => {
    const spoilt = await finishedRun();
    const whole = await finishedRun();
    await window.api.closeProject();
    withDatabase(path, (database) =>
      database
        .prepare(
          `UPDATE blob_part SET bytes = zeroblob(length(bytes)) WHERE blob_id IN
             (SELECT state FROM checkpoint WHERE run_id = $run UNION SELECT weights FROM checkpoint WHERE run_id = $run)`,
        )
        .run({ run: Number(spoilt) }),
    );
    const view = valueIn(await window.api.openProject({ path }));
    expect(view.runs.map(({ state }) => state.status)).toEqual(['finished', 'finished']);
    const refused = await window.api.previewExport({ runId: spoilt, format: 'weights-json' });
    expect(codesOf(refused)).toEqual(['project-damaged']);
    valueIn(await window.api.previewExport({ runId: whole, format: 'weights-json' }));
  });
});

describe('what was kept of a lost project', () => {
  it('is among the recent projects of a lab that was killed before it could write their list', async () => {
    valueIn(await window.api.edit(rename('kept')));
    renameSync(path, join(home, 'moved.ohlol'));
    valueIn(await window.api.edit(rename('adrift')));
    const after = makeHome();
    cpSync(join(home, 'settings'), join(after, 'settings'), { recursive: true });
    rmSync(join(after, 'settings', 'recent.json'), { force: true });
    // A file that a killed lab left while making a copy.
    mkdirSync(join(after, 'settings', 'kept'), { recursive: true });
    writeFileSync(join(after, 'settings', 'kept', 'half 2026-01-01T00-00-00-000Z.ohlol'), 'SQLite');
    const next = startTestLab(after);
    const shown = next.openWindow();
    const [recent, ...others] = await shown.api.listRecent();
    expect([recent!.name, others]).toEqual(['hello-rnn', []]);
    expect(valueIn(await shown.api.openProject({ path: recent!.path })).draft.name).toBe('adrift');
    await next.close();
    removeHome(after);
  });

  it('is none where nothing was ever lost', () => {
    expect(listKept(join(home, 'nowhere'))).toEqual([]);
  });
});

describe.skipIf(!canMount())('a disk that is full when a project is opened', () => {
  it('shows it, to be read and copied, until there is room', async () => {
    const disk = join(home, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
    try {
      const place = makeProject(join(disk, 'full.ohlol'));
      const filler = join(disk, 'filler');
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
      const before = readFileSync(place);
      const view = valueIn(await window.api.openProject({ path: place }));
      expect(view.access).toMatchObject({
        kind: 'read-only',
        problem: { code: 'disk-full', details: { path: place } },
      });
      expect(view.draft).toEqual(helloDraft());
      expect(codesOf(await window.api.edit(rename('x')))).toEqual(['disk-full']);
      const copy = join(home, 'copy.ohlol');
      valueIn(await window.api.saveCopy({ path: copy, overwrite: false }));
      expect(integrityOf(copy)).toBe('ok');
      expect(readFileSync(place).equals(before)).toBe(true);
      rmSync(filler);
      await expect.poll(async () => (await window.api.getProject())!.access.kind, patience).toBe('write');
      valueIn(await window.api.edit(rename('room')));
      await window.api.closeProject();
    } finally {
      await lab.close();
      execFileSync('umount', [disk]);
    }
  });
});

/** Only root can mount, and not in every container. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const place = makeHome();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return true;
  } catch {
    return false;
  } finally {
    removeHome(place);
  }
}

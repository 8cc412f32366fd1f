/** What the lab writes for a window: exports and copies, over and through real files of each kind. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyDraft } from '../../../engine/data/draft.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { writeExport } from '../../../main/lab/files/exports.ts';
import { goAdrift, saveCopy } from '../../../main/project/copies.ts';
import { closeProjectFile, createProjectFile, type ProjectFile } from '../../../main/project/project-file.ts';
import { insertRun } from '../../../main/project/run-store.ts';
import { integrityOf } from '../project/project-folder.ts';
import { codesOf, valueIn } from './open-lab.ts';

const onPosix = test.skipIf(process.platform === 'win32');

let folder: string;
let file: ProjectFile;
let runId: string;
const inFolder = (name: string) => join(folder, name);
const modeOf = (name: string) => statSync(inFolder(name)).mode & 0o777;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ohlol-over-'));
  file = valueIn(createProjectFile(inFolder('p.ohlol'), emptyDraft()));
  runId = insertRun(file.database, findTemplate('hello-rnn') as SequenceExperiment);
  const other = valueIn(createProjectFile(inFolder('other.txt'), emptyDraft()));
  closeProjectFile(other);
});
afterEach(() => {
  closeProjectFile(file);
  rmSync(folder, { recursive: true });
});

const writers = {
  export: (name: string, overwrite: boolean) =>
    writeExport(file, { runId, format: 'experiment', path: inFolder(name), overwrite }, null),
  copy: (name: string, overwrite: boolean) => saveCopy(file, inFolder(name), { overwrite, atOnce: false }),
  'copy at once': (name: string, overwrite: boolean) =>
    saveCopy(file, inFolder(name), { overwrite, atOnce: true }),
};

describe.each(Object.entries(writers))('%s', (name, write) => {
  const isSound = (path: string) =>
    name === 'export'
      ? JSON.parse(readFileSync(path, 'utf8')).format === 'ohlol/experiment'
      : integrityOf(path) === 'ok';

  test('never over a project, another one or its own, by whatever name', async () => {
    const before = readFileSync(inFolder('other.txt'));
    const names = ['other.txt', 'p.ohlol', 'p.ohlol-journal'];
    if (process.platform !== 'win32') {
      symlinkSync('other.txt', inFolder('link'));
      linkSync(inFolder('p.ohlol'), inFolder('hard'));
      names.push('link', 'hard');
    }
    for (const path of names) {
      const [code] = codesOf(await write(path, true));
      expect(['over-project', 'project-same-file'], path).toContain(code);
    }
    expect(readFileSync(inFolder('other.txt')).equals(before)).toBe(true);
    expect(integrityOf(inFolder('p.ohlol'))).toBe('ok');
  });

  test('over an ordinary file when that was agreed to, and over none that is not told of', async () => {
    writeFileSync(inFolder('a'), 'mine');
    expect(codesOf(await write('a', false))).toEqual(['file-exists']);
    expect(readFileSync(inFolder('a'), 'utf8')).toBe('mine');
    valueIn(await write('a', true));
    expect(isSound(inFolder('a'))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['a', 'other.txt', 'p.ohlol']);
  });

  onPosix('its mode stays, a link is followed, what is write-protected or special is refused', async () => {
    writeFileSync(inFolder('secret'), 'mine');
    chmodSync(inFolder('secret'), 0o600);
    symlinkSync('secret', inFolder('link'));
    symlinkSync('not-yet', inFolder('dangling'));
    valueIn(await write('link', true));
    valueIn(await write('dangling', false));
    expect(modeOf('secret')).toBe(0o600);
    for (const link of ['link', 'dangling']) expect(lstatSync(inFolder(link)).isSymbolicLink()).toBe(true);
    for (const path of ['secret', 'not-yet']) expect(isSound(inFolder(path)), path).toBe(true);
    writeFileSync(inFolder('protected'), 'mine');
    chmodSync(inFolder('protected'), 0o444);
    expect(codesOf(await write('protected', true))).toEqual(['file-protected']);
    execFileSync('mkfifo', [inFolder('pipe')]);
    symlinkSync('/dev/null', inFolder('null'));
    for (const path of ['pipe', 'null'])
      expect(codesOf(await write(path, true)), path).toEqual(['special-file']);
    expect(lstatSync(inFolder('pipe')).isFIFO()).toBe(true);
    expect(codesOf(await write('no/a', true))).toEqual(['no-folder']);
    expect(readdirSync(folder).filter((entry) => entry.startsWith('.'))).toEqual([]);
  });
});

onPosix('copies of a project that is for its owner alone are for its owner alone', async () => {
  chmodSync(inFolder('p.ohlol'), 0o600);
  valueIn(await writers.copy('a.ohlol', false));
  valueIn(await writers['copy at once']('b.ohlol', false));
  expect([modeOf('a.ohlol'), modeOf('b.ohlol')]).toEqual([0o600, 0o600]);
});

test('a rescue copy of a project with the longest name has its place, for its owner alone', () => {
  const long = `${'床'.repeat(80)}.ohlol`;
  closeProjectFile(file);
  renameSync(inFolder('p.ohlol'), inFolder(long));
  file = valueIn(createProjectFile(inFolder('again.ohlol'), emptyDraft()));
  file.path = inFolder(long);
  const { place, whole } = goAdrift(file, inFolder('kept'), emptyDraft());
  expect(whole).toBe(true);
  expect(integrityOf(place)).toBe('ok');
  if (process.platform !== 'win32') expect(statSync(place).mode & 0o777).toBe(0o600);
});

/**
 * Inputs that went wrong once (test/fixtures/cases), as a window brings them: by a dialog, dropped, or as a
 * name.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeExperiment } from '../../../engine/formats/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import {
  codesOf,
  makeHome,
  removeHome,
  startTestLab,
  type TestLab,
  type TestWindow,
  valueIn,
} from './open-lab.ts';

const casePath = (name: string) => resolve(import.meta.dirname, '../../fixtures/cases', name);
const dropped = (name: string) => ({
  kind: 'contents' as const,
  fileName: name,
  bytes: readFileSync(casePath(name)),
});
const hello = { kind: 'template', name: 'hello-rnn' } as const;

let home: string;
let folder: string;
let lab: TestLab;
let window: TestWindow;

beforeEach(() => {
  home = makeHome();
  folder = join(home, 'chosen');
  mkdirSync(folder);
  lab = startTestLab(home);
  window = lab.openWindow();
});

afterEach(async () => {
  await lab.close();
  removeHome(home);
});

describe('Choose a file… and a drop', () => {
  it('take hr16.json, hr.json and hr.safetensors for the same weights', async () => {
    valueIn(await window.api.createProject({ source: hello, path: null }));
    for (const name of ['hr16.json', 'hr.json', 'hr.safetensors']) {
      const chosen = valueIn(await window.api.readFile({ kind: 'path', path: casePath(name) }));
      expect(valueIn(await window.api.readFile(dropped(name)))).toEqual(chosen);
      expect(chosen).toMatchObject({
        kind: 'weights',
        name,
        parameterCount: 40,
        vocabulary: ['e', 'h', 'l', 'o'],
      });
    }
  });

  it.each([
    ['gbk.json', 'not-text'],
    ['data.xlsx', 'not-weights'],
    ['trail.safetensors', 'trailing-bytes'],
    ['hole.safetensors', 'tensor-offsets'],
    ['lyrics.txt', 'not-weights'],
    ['list.json', 'wrong-type'],
  ])('refuse %s and say what it is; what is open stays', async (name, code) => {
    const { path, draft } = valueIn(await window.api.createProject({ source: hello, path: null }));
    for (const source of [dropped(name), { kind: 'path' as const, path: casePath(name) }]) {
      const read = await window.api.readFile(source);
      const [found] = codesOf(read);
      expect(found).toBe(code);
      expect(codesOf(await window.api.importWeights(source))).toHaveLength(1);
    }
    expect(await window.api.getProject()).toMatchObject({ path, draft });
  });

  it('gbk.json makes no project, and nothing is left of the try', async () => {
    const { fileName, bytes } = dropped('gbk.json');
    const made = await window.api.createProject({
      source: { kind: 'experiment', fileName, bytes },
      path: null,
    });
    expect(codesOf(made)).toEqual(['not-text']);
    expect(existsSync(lab.projects) ? readdirSync(lab.projects) : []).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('as the path of an export', () => {
  async function exportTo(name: string, overwrite = true) {
    valueIn(await window.api.createProject({ source: hello, path: null }));
    const runId = valueIn(await window.api.newRun()).id;
    const request = { runId, format: 'experiment', path: join(folder, name), overwrite } as const;
    return window.api.writeExport(request);
  }
  const isExperiment = (name: string) =>
    JSON.parse(readFileSync(join(folder, name), 'utf8')).format === 'ohlol/experiment';

  it('a fifo is refused, not waited for, and stays one', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.json')]);
    expect(codesOf(await exportTo('pipe.json'))).toEqual(['special-file']);
    expect(lstatSync(join(folder, 'pipe.json')).isFIFO()).toBe(true);
  });

  it('a device node is refused', async () => {
    symlinkSync('/dev/null', join(folder, 'null.json'));
    expect(codesOf(await exportTo('null.json'))).toEqual(['special-file']);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('a symlink is written through', async () => {
    writeFileSync(join(folder, 'real.json'), 'old');
    symlinkSync('real.json', join(folder, 'link.json'));
    valueIn(await exportTo('link.json'));
    expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true);
    expect(isExperiment('real.json')).toBe(true);
  });

  it('a 0600 file keeps its mode', async () => {
    writeFileSync(join(folder, 'mine.json'), 'old');
    chmodSync(join(folder, 'mine.json'), 0o600);
    valueIn(await exportTo('mine.json'));
    expect([statSync(join(folder, 'mine.json')).mode & 0o777, isExperiment('mine.json')]).toEqual([
      0o600,
      true,
    ]);
  });

  it('a 0444 file is refused and stays as it was', async () => {
    writeFileSync(join(folder, 'fixed.json'), 'old');
    chmodSync(join(folder, 'fixed.json'), 0o444);
    expect(codesOf(await exportTo('fixed.json'))).toEqual(['file-protected']);
    expect(readFileSync(join(folder, 'fixed.json'), 'utf8')).toBe('old');
    expect(statSync(join(folder, 'fixed.json')).mode & 0o777).toBe(0o444);
  });
});

it('a name of 80 Chinese characters: two projects of it, a copy and an export, each with its whole ending', async () => {
  const name = '床'.repeat(80);
  const experiment = { ...findTemplate('hello-rnn')!, name };
  const source = {
    kind: 'experiment' as const,
    fileName: `${name}.experiment.json`,
    bytes: Buffer.from(writeExperiment(experiment)),
  };
  const first = valueIn(await window.api.createProject({ source, path: null })).path;
  const second = valueIn(await window.api.createProject({ source, path: null })).path;
  const runId = valueIn(await window.api.newRun()).id;
  const { fileName } = valueIn(await window.api.previewExport({ runId, format: 'experiment' }));
  const path = join(folder, fileName);
  valueIn(await window.api.writeExport({ runId, format: 'experiment', path, overwrite: false }));
  const copy = valueIn(await window.api.duplicateProject()).path;
  expect(new Set([first, second, copy]).size).toBe(3);
  for (const made of [first, second, copy]) expect(made).toMatch(/床[^/]*\.ohlol$/);
  expect(fileName).toMatch(/床.*\.json$/);
  for (const one of [first, second, copy, path]) {
    // Every disk accepts the name even with SQLite's own ending.
    expect(Buffer.byteLength(`${basename(one)}-journal`)).toBeLessThan(256);
    expect(basename(one).isWellFormed() && !basename(one).includes('\ufffd')).toBe(true);
  }
  expect(JSON.parse(readFileSync(path, 'utf8')).name).toBe(name);
});

/** What the command line writes over, into and through, with real files of each kind and real signals. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { closeProjectFile, createProjectFile } from '../../../main/project/project-file.ts';
import { ohlol } from './run-ohlol.ts';

const onPosix = test.skipIf(process.platform === 'win32');
const launcher = resolve(import.meta.dirname, '../../../main/cli/launch.mjs');
const caseFile = (name: string) => resolve(import.meta.dirname, '../../fixtures/cases', name);
const sources = resolve(import.meta.dirname, '../../../main');
const untilSeen = { timeout: 60_000, interval: 50 };

let folder: string;
const inFolder = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ohlol-outputs-'));
  writeFileSync(inFolder('two.json'), readFileSync(caseFile('two.json')));
  const made = createProjectFile(inFolder('p.ohlol'), experimentToDraft(findTemplate('hello-rnn')!));
  if (!made.ok) throw new Error(made.problems[0]!.message);
  closeProjectFile(made.value);
});
afterEach(() => rmSync(folder, { recursive: true }));

const contents = () =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(inFolder(name)).toString('latin1')]),
  );

/** The command line as a process of its own, for signals and pipes. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: folder });
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const end = once(child, 'exit').then(async ([code, signal]) => ({
    code,
    signal,
    stdout: await out,
    stderr: await err,
  }));
  return { child, end };
}

describe('refused with 2 and a sentence before anything is trained; nothing is changed', () => {
  const project = 'it is a project, another database, or part of one, and nothing is written over that';
  const own = (what: string) => `it is ${what} of the same command; choose another name`;
  const cases: [args: string, sentence: string][] = [
    ['train hello-rnn --weights p.ohlol', project],
    ['train hello-rnn --out p.ohlol', project],
    ['train hello-rnn --out p.ohlol --force', project],
    ['train hello-rnn --out p.ohlol-journal', project],
    ['export p.ohlol --to experiment --out p.ohlol', own('the input')],
    ['export hello-rnn --to csv --out p.ohlol', project],
    ['export two.json --to csv --out two.json', own('the input')],
    ['export two.json --to experiment --out ./two.json', own('the input')],
    ['train two.json --weights two.json', own('the experiment')],
    ['train two.json --weights two.json --force', own('the experiment')],
    ['train two.json --out hard.json', own('the experiment')],
    ['train hello-rnn --out x --weights x', own('the output of --weights')],
    ['train hello-rnn --out x --weights ./sub/../x', own('the output of --weights')],
    ['train two.json --initial-weights w.json --weights w.json', own('the initial weights')],
    ['train hello-rnn --weights two.json', 'it is there and is not a weights file; --force replaces it'],
    ['train hello-rnn --out sd.json', 'it is there and is not a result; --force replaces it'],
    ['train hello-rnn --weights sd.json', 'it is there and is not a weights file; --force replaces it'],
    ['export hello-rnn --to csv --out two.json', 'is not a table of metrics; --force replaces it'],
    ['train hello-rnn --weights protected', 'its mode 0444 says that it is not to be written'],
    ['train hello-rnn --weights protected --force', 'its mode 0444 says that it is not to be written'],
    ['train hello-rnn --weights sub', 'it is a folder; a file is needed'],
    ['train hello-rnn --weights no/x', 'its folder does not exist'],
    ['train hello-rnn --out /dev/stdout', 'standard output is where the lines of epochs go too; add --quiet'],
  ];
  const prepare = async () => {
    mkdirSync(inFolder('sub'));
    linkSync(inFolder('two.json'), inFolder('hard.json'));
    writeFileSync(inFolder('sd.json'), '{"rnn.bias_ih_l0": [1, 2]}');
    writeFileSync(inFolder('protected'), '');
    chmodSync(inFolder('protected'), 0o444);
    expect(
      (await ohlol('train', inFolder('two.json'), '--quiet', '--weights', inFolder('w.json'))).status,
    ).toBe(0);
    rmSync(inFolder('sub'), { recursive: true });
  };
  onPosix.each(cases)('%s', async (line, sentence) => {
    await prepare();
    const before = contents();
    mkdirSync(inFolder('sub'));
    const isName = (word: string) =>
      /^(two|w|sd|hard)\.json$|^p\.ohlol|^\.\/|^(x|sub|protected|no\/x)$/.test(word);
    const args = line.split(' ').map((word) => (isName(word) ? `${folder}/${word}` : word));
    const { status, stdout, stderr } = await ohlol(...args);
    expect(stderr).toContain(sentence);
    expect([status, stdout]).toEqual([2, '']);
    rmSync(inFolder('sub'), { recursive: true });
    expect(contents()).toEqual(before);
  });

  onPosix.each([
    ['loop', 'its links lead in a circle'],
    ['n'.repeat(300), 'its name is longer than the disk takes one'],
  ])('a path that the system does not follow: %.12s', async (name, sentence) => {
    symlinkSync('loop', inFolder('other'));
    symlinkSync('other', inFolder('loop'));
    for (const args of [
      ['train', 'hello-rnn', '--out', inFolder(name)],
      ['export', inFolder('two.json'), '--to', 'csv', '--out', inFolder(name)],
    ]) {
      const { status, stderr } = await ohlol(...args);
      expect(stderr).toContain(sentence);
      expect(status).toBe(2);
    }
    expect((await ohlol('inspect', inFolder('loop'))).stderr).not.toContain('ELOOP');
  });

  test('the file that standard output goes to', async () => {
    execFileSync(
      'sh',
      ['-c', `"${process.execPath}" "${launcher}" train hello-rnn --weights x > x 2> err || true`],
      {
        cwd: folder,
      },
    );
    expect(readFileSync(inFolder('err'), 'utf8')).toContain('it is the standard output of the same command');
    expect(readFileSync(inFolder('x'), 'utf8')).toBe('');
  });
});

describe('replaced', () => {
  test('is a file of the kind that is written there, and with --force one of any kind', async () => {
    const outputs: [string[], string][] = [
      [['train', 'hello-rnn', '--quiet', '--out'], 'result'],
      [['train', 'hello-rnn', '--quiet', '--weights'], 'weights'],
      [['export', 'hello-rnn', '--to', 'weights-json', '--out'], 'weights-json'],
      [['export', 'hello-rnn', '--to', 'safetensors', '--out'], 'safetensors'],
      [['export', 'hello-rnn', '--to', 'experiment', '--out'], 'experiment'],
      [['export', 'hello-rnn', '--to', 'csv', '--out'], 'csv'],
      [['export', 'hello-rnn', '--to', 'csv', '--excel', '--out'], 'csv-excel'],
    ];
    for (const [args, name] of outputs) {
      const path = inFolder(name);
      for (const time of ['new', 'again'])
        expect((await ohlol(...args, path)).status, `${name}, ${time}`).toBe(0);
      writeFileSync(path, 'something else');
      expect((await ohlol(...args, path)).status, `${name}, another kind`).toBe(2);
      expect((await ohlol(...args, path, '--force')).status, `${name}, forced`).toBe(0);
      writeFileSync(path, '');
      expect((await ohlol(...args, path)).status, `${name}, empty`).toBe(0);
    }
    expect(readFileSync(inFolder('csv-excel'), 'utf8').startsWith('\ufeffepoch,loss')).toBe(true);
    expect(readFileSync(inFolder('csv'), 'utf8').startsWith('epoch,loss')).toBe(true);
  }, 120_000);

  onPosix('through a link, with its mode', async () => {
    writeFileSync(inFolder('secret'), '');
    chmodSync(inFolder('secret'), 0o600);
    symlinkSync('secret', inFolder('link'));
    expect((await ohlol('train', 'hello-rnn', '--quiet', '--weights', inFolder('link'))).status).toBe(0);
    expect(lstatSync(inFolder('link')).isSymbolicLink()).toBe(true);
    expect(statSync(inFolder('secret')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(inFolder('secret'), 'utf8')).format).toBe('ohlol/weights');
  });
});

describe('pipes and devices', () => {
  onPosix(
    'are written into',
    async () => {
      execFileSync('mkfifo', [inFolder('pipe')]);
      for (const option of ['--out', '--weights']) {
        const { end } = start('train', 'hello-rnn', '--quiet', option, 'pipe');
        const read = spawn('cat', [inFolder('pipe')]);
        const document = JSON.parse(await text(read.stdout));
        expect(document.format).toBe(option === '--out' ? 'ohlol/result' : 'ohlol/weights');
        expect(await end).toMatchObject({ code: 0 });
        expect(lstatSync(inFolder('pipe')).isFIFO()).toBe(true);
      }
      const { end } = start('train', 'hello-rnn', '--quiet', '--weights', '/dev/stdout');
      expect(JSON.parse((await end).stdout).trained.epochs).toBe(20);
      const nowhere = start('train', 'hello-rnn', '--quiet', '--weights', '/dev/null', '--out', '/dev/null');
      expect(await nowhere.end).toMatchObject({ code: 0 });
      expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    },
    120_000,
  );

  onPosix(
    'a large result goes through a pipe as its reader takes it',
    async () => {
      execFileSync('mkfifo', [inFolder('pipe')]);
      const { end } = start('train', 'hello-rnn', '--quiet', '--epochs', '20000', '--out', 'pipe');
      const read = spawn('cat', [inFolder('pipe')]);
      expect(JSON.parse(await text(read.stdout)).epochs).toHaveLength(20_000);
      expect(await end).toMatchObject({ code: 0 });
    },
    120_000,
  );

  onPosix(
    'are read as inputs are',
    async () => {
      expect((await ohlol('train', 'hello-rnn', '--quiet', '--weights', inFolder('w.json'))).status).toBe(0);
      for (const args of ['predict /dev/stdin --input hello', 'inspect /dev/stdin']) {
        const command = `cat w.json | "${process.execPath}" "${launcher}" ${args}`;
        const printed = execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
        expect(printed).toMatch(/^ohlol$|^\/dev\/stdin: a weights file/m);
      }
    },
    60_000,
  );

  test.skipIf(!existsSync('/dev/full'))(
    'a full disk is said, and does not cost the other output',
    async () => {
      const full = start('train', 'hello-rnn', '--quiet', '--out', '/dev/full', '--weights', 'w.json');
      expect(await full.end).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('/dev/full: it cannot be written; the disk is full'),
      });
      expect(JSON.parse(readFileSync(inFolder('w.json'), 'utf8')).trained.epochs).toBe(20);
      for (const args of ['inspect hello-rnn', 'train hello-rnn', '--help']) {
        const command = `"${process.execPath}" "${launcher}" ${args} > /dev/full 2> err; echo $?`;
        const code = execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
        expect([args, code]).toEqual([args, '1\n']);
        expect(readFileSync(inFolder('err'), 'utf8')).toContain(
          'standard output cannot be written; its disk is full',
        );
      }
    },
    120_000,
  );
});

describe('a run that ends early', () => {
  const endless = ['train', 'hello-rnn', '--epochs', '10000000'];

  onPosix.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'by %s leaves a whole result',
    async (signal) => {
      const { child, end } = start(...endless, '--out', 'out.json', '--weights', 'w.json');
      await once(child.stdout, 'data');
      child.kill(signal);
      expect(await end).toMatchObject({ code: 1, signal: null });
      expect(JSON.parse(readFileSync(inFolder('out.json'), 'utf8')).status).toBe('stopped');
      expect(readdirSync(folder).sort()).toEqual(['out.json', 'p.ohlol', 'two.json', 'w.json']);
    },
    60_000,
  );

  onPosix(
    'killed outright, it leaves the old file whole, and what is half written goes with the next',
    async () => {
      expect((await ohlol('train', 'hello-rnn', '--quiet', '--out', inFolder('out.json'))).status).toBe(0);
      const before = readFileSync(inFolder('out.json'));
      const { child, end } = start(...endless, '--quiet', '--out', 'out.json');
      const half = () => readdirSync(folder).filter((name) => name.endsWith('.tmp'));
      await vi.waitFor(() => expect(half()).toHaveLength(1), untilSeen);
      child.kill('SIGKILL');
      expect(await end).toMatchObject({ signal: 'SIGKILL' });
      expect(readFileSync(inFolder('out.json')).equals(before)).toBe(true);
      expect((await ohlol('train', 'hello-rnn', '--quiet', '--out', inFolder('out.json'))).status).toBe(0);
      expect(half()).toEqual([]);
    },
    90_000,
  );

  onPosix.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'by %s outside a run, nothing half written stays, and the signal is its end',
    async (signal) => {
      execFileSync('mkfifo', [inFolder('pipe')]);
      // The program has written half a file and waits.
      const program = `
        import { writeFileSync } from 'node:fs';
        import { newTemporary } from ${JSON.stringify(`${sources}/temporary-files.ts`)};
        writeFileSync(newTemporary(${JSON.stringify(folder)}), 'half');
        setInterval(() => process.listenerCount('SIGTERM') > 0 && process.stdout.write('ready'), 20);
        process.argv.splice(2, Infinity, 'inspect', ${JSON.stringify(inFolder('pipe'))});
        await import(${JSON.stringify(`${sources}/cli/ohlol.ts`)});`;
      writeFileSync(inFolder('half.mjs'), program);
      const child = spawn(process.execPath, [inFolder('half.mjs')], { cwd: folder });
      const end = once(child, 'exit');
      const half = () => readdirSync(folder).filter((name) => name.endsWith('.tmp'));
      const writer = openSync(inFolder('pipe'), constants.O_RDWR);
      await once(child.stdout, 'data');
      expect(half()).toHaveLength(1);
      child.kill(signal);
      expect(await end).toEqual([null, signal]);
      closeSync(writer);
      expect(half()).toEqual([]);
    },
    60_000,
  );

  onPosix(
    'goes on without its reader where it has something to write',
    async () => {
      const command = `"${process.execPath}" "${launcher}" train hello-rnn --epochs 20000 --out out.json | head -1`;
      expect(execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })).toContain(
        'Epoch [1/20000]',
      );
      await vi.waitFor(() => expect(existsSync(inFolder('out.json'))).toBe(true), untilSeen);
      expect(JSON.parse(readFileSync(inFolder('out.json'), 'utf8')).epochs).toHaveLength(20_000);
    },
    60_000,
  );
});

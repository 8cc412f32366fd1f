/** What may be written where, shown with real files of each kind. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
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
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabError } from '../../engine/errors.ts';
import { type FileRules, newFile, ownFile, startFile, writeFileAtomically } from '../../main/files.ts';
import { apartFrom, checkTarget, type WriteRules } from '../../main/write-guard.ts';

const onPosix = test.skipIf(process.platform === 'win32');

let folder: string;
const inFolder = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ohlol-guard-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function codeOf(path: string, rules: WriteRules): string {
  try {
    return checkTarget(path, rules).kind;
  } catch (error) {
    if (error instanceof LabError) return error.problem.code;
    throw error;
  }
}

const modeOf = (path: string) => statSync(path).mode & 0o777;
const write = (path: string, rules: FileRules = ownFile) => writeFileAtomically(path, 'new', rules);

function makeDatabase(path: string): void {
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
  database.close();
}

describe('a project, or another database', () => {
  test('is never replaced, whatever its name, by whatever name it is called', async () => {
    makeDatabase(inFolder('p.txt'));
    const before = readFileSync(inFolder('p.txt'));
    const names = ['p.txt', './p.txt', `../${folder.split('/').at(-1)}/p.txt`];
    if (process.platform !== 'win32') {
      symlinkSync('p.txt', inFolder('link'));
      symlinkSync('link', inFolder('link-to-link'));
      linkSync(inFolder('p.txt'), inFolder('second-name'));
      names.push('link', 'link-to-link', 'second-name');
    }
    for (const name of names) {
      const path = `${folder}/${name}`;
      expect(codeOf(path, ownFile), name).toBe('over-project');
      await expect(write(path), name).rejects.toThrow('nothing is written over that');
    }
    expect(readFileSync(inFolder('p.txt')).equals(before)).toBe(true);
  });

  test('nor is what SQLite keeps beside it, whether it is there now or not', () => {
    makeDatabase(inFolder('p.ohlol'));
    writeFileSync(inFolder('p.ohlol-journal'), 'hot');
    for (const ending of ['-journal', '-wal', '-shm']) {
      expect(codeOf(inFolder(`p.ohlol${ending}`), ownFile), ending).toBe('over-project');
    }
    expect(codeOf(inFolder('my-journal'), ownFile)).toBe('file');
  });

  test('that comes to the place while the file is written stays', async () => {
    const file = startFile(inFolder('a'), ownFile);
    file.append('half');
    makeDatabase(inFolder('a'));
    await expect(file.commit()).rejects.toThrow('nothing is written over that');
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('an input or another output of the same command', () => {
  onPosix('is known by every name', () => {
    writeFileSync(inFolder('in'), 'x');
    symlinkSync('in', inFolder('link'));
    linkSync(inFolder('in'), inFolder('hard'));
    const rules: WriteRules = { ...ownFile, apart: [apartFrom(inFolder('in'), 'the input')] };
    for (const name of ['in', './in', 'link', 'hard']) {
      expect(codeOf(`${folder}/${name}`, rules), name).toBe('over-own');
    }
    expect(codeOf(inFolder('else'), rules)).toBe('file');
  });

  onPosix('is known before it is there: by its place, through links that lead nowhere yet', () => {
    symlinkSync('out', inFolder('link'));
    const rules: WriteRules = { ...ownFile, apart: [apartFrom(inFolder('out'), 'the output of --out')] };
    for (const name of ['out', './out', 'link']) {
      expect(codeOf(`${folder}/${name}`, rules), name).toBe('over-own');
    }
    // Names that differ only in case are two files or one, depending on the disk.
    writeFileSync(inFolder('probe'), '');
    expect(codeOf(inFolder('OUT'), rules)).toBe(existsSync(inFolder('PROBE')) ? 'over-own' : 'file');
    expect(readdirSync(folder).sort()).toEqual(['link', 'probe']);
  });

  onPosix('is still known when it has been moved meanwhile', () => {
    writeFileSync(inFolder('in'), 'x');
    const rules: WriteRules = { ...ownFile, apart: [apartFrom(inFolder('in'), 'the input')] };
    renameSync(inFolder('in'), inFolder('moved'));
    expect(codeOf(inFolder('moved'), rules)).toBe('over-own');
  });
});

describe('what is replaced', () => {
  test('nothing, a kind, or anything', () => {
    writeFileSync(inFolder('a'), 'mine');
    writeFileSync(inFolder('empty'), '');
    const kind = { what: 'a poem', fits: (head: Uint8Array) => Buffer.from(head).toString() === 'mine' };
    expect(codeOf(inFolder('a'), newFile)).toBe('file-exists');
    expect(codeOf(inFolder('a'), { ...newFile, replaces: kind })).toBe('file');
    writeFileSync(inFolder('a'), 'other');
    expect(codeOf(inFolder('a'), { ...newFile, replaces: kind })).toBe('another-kind');
    expect(codeOf(inFolder('empty'), { ...newFile, replaces: kind })).toBe('file');
    expect(codeOf(inFolder('a'), ownFile)).toBe('file');
  });

  onPosix(
    'keeps its mode, also where it is for its owner alone; a new one has what it is given',
    async () => {
      for (const mode of [0o600, 0o640, 0o755, 0o666]) {
        writeFileSync(inFolder('a'), 'old');
        chmodSync(inFolder('a'), mode);
        const file = startFile(inFolder('a'), ownFile);
        file.append('new');
        const [half] = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
        // While the file is being written, it is no more readable than the old one.
        expect(modeOf(inFolder(half!)) & ~mode).toBe(0);
        await file.commit();
        expect([modeOf(inFolder('a')), readFileSync(inFolder('a'), 'utf8')]).toEqual([mode, 'new']);
      }
      await write(inFolder('b'), { ...newFile, mode: 0o600 });
      expect(modeOf(inFolder('b'))).toBe(0o600);
    },
  );

  onPosix('is not one that is write-protected, though root could write it', async () => {
    writeFileSync(inFolder('a'), 'old');
    chmodSync(inFolder('a'), 0o444);
    await expect(write(inFolder('a'))).rejects.toThrow('its mode 0444 says that it is not to be written');
    expect(readFileSync(inFolder('a'), 'utf8')).toBe('old');
  });

  onPosix(
    'is what a link leads to; the link stays, and leads to a new file where there was none',
    async () => {
      mkdirSync(inFolder('there'));
      writeFileSync(inFolder('there/a'), 'old');
      symlinkSync('there/a', inFolder('link'));
      symlinkSync('there/b', inFolder('dangling'));
      await write(inFolder('link'));
      await write(inFolder('dangling'), newFile);
      expect(lstatSync(inFolder('link')).isSymbolicLink()).toBe(true);
      expect(lstatSync(inFolder('dangling')).isSymbolicLink()).toBe(true);
      expect(readFileSync(inFolder('there/a'), 'utf8')).toBe('new');
      expect(readFileSync(inFolder('there/b'), 'utf8')).toBe('new');
      symlinkSync('circle', inFolder('circle'));
      expect(codeOf(inFolder('circle'), ownFile)).toBe('link-loop');
    },
  );

  test('is no file that came to a free place meanwhile', async () => {
    const file = startFile(inFolder('a'), newFile);
    file.append('ours');
    writeFileSync(inFolder('a'), 'theirs');
    await expect(file.commit()).rejects.toThrow('there is such a file already');
    expect(readFileSync(inFolder('a'), 'utf8')).toBe('theirs');
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('what is no ordinary file', () => {
  onPosix('is written into by whoever may, and is never replaced', async () => {
    execFileSync('mkfifo', [inFolder('pipe')]);
    symlinkSync('pipe', inFolder('link'));
    const specials = [inFolder('pipe'), inFolder('link'), '/dev/null', '/dev/stdout'];
    for (const path of specials) {
      expect(codeOf(path, { ...ownFile, special: 'written-into' }), path).toBe('special');
      expect(codeOf(path, ownFile), path).toBe('special-file');
      await expect(write(path), path).rejects.toThrow('a pipe or a device');
    }
    expect(statSync(inFolder('pipe')).isFIFO()).toBe(true);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('a folder, and a path that ends as one', () => {
    expect(codeOf(folder, ownFile)).toBe('is-folder');
    expect(codeOf(`${inFolder('a')}/`, ownFile)).toBe('is-folder');
    expect(codeOf(inFolder('no/a'), ownFile)).toBe('no-folder');
    writeFileSync(inFolder('a'), '');
    expect(codeOf(inFolder('a/b'), ownFile)).toBe('no-folder');
    expect(codeOf(inFolder('n'.repeat(256)), ownFile)).toBe('name-too-long');
  });
});

describe('half-written files', () => {
  test('of a process that was killed go with the next write there; others stay', async () => {
    const file = startFile(inFolder('a'), newFile);
    file.append('x');
    const [half] = readdirSync(folder);
    const dead = half!.replace(`-${process.pid}-`, '-999999999-');
    const elsewhere = dead.replace(/^\.ohlol-[0-9a-f]{8}/, '.ohlol-00000000');
    for (const name of [dead, elsewhere]) writeFileSync(inFolder(name), 'half');
    await write(inFolder('b'), newFile);
    expect(readdirSync(folder).sort()).toEqual([elsewhere, half!, 'b'].sort());
    file.discard();
    expect(readdirSync(folder).sort()).toEqual([elsewhere, 'b'].sort());
  });
});

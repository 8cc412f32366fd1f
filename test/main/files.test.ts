import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ownFile, readFileWithin, startFile, writeFileAtomically } from '../../main/files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ohlol-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file is written as a whole or not at all', () => {
  test('a new one, and one in place of another', async () => {
    const path = join(folder, 'a.json');
    await writeFileAtomically(path, 'first, and longer', ownFile);
    await writeFileAtomically(path, Buffer.from('second'), ownFile);
    expect(readFileSync(path, 'utf8')).toBe('second');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('until it is committed the old one stands', async () => {
    const path = join(folder, 'a.json');
    writeFileSync(path, 'old');
    const file = startFile(path, ownFile);
    file.append('new, ');
    file.append('in two pieces');
    expect(readFileSync(path, 'utf8')).toBe('old');
    await file.commit();
    expect(readFileSync(path, 'utf8')).toBe('new, in two pieces');
    expect(() => file.append('late')).toThrow('is closed already');
  });

  test('discarded, or with nowhere to go, it leaves nothing', async () => {
    const path = join(folder, 'a.json');
    const file = startFile(path, ownFile);
    file.append('half');
    file.discard();
    expect(readdirSync(folder)).toEqual([]);
    await expect(writeFileAtomically(join(folder, 'no', 'a.json'), 'x', ownFile)).rejects.toThrow(
      'its folder does not exist',
    );
    mkdirSync(join(folder, 'taken'));
    await expect(writeFileAtomically(join(folder, 'taken'), 'x', ownFile)).rejects.toThrow('it is a folder');
    expect(readdirSync(folder)).toEqual(['taken']);
    expect(existsSync(path)).toBe(false);
  });
});

describe('a file is read within a limit', () => {
  test('or refused with a sentence', async () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, 'hello');
    expect(await readFileWithin(path, 5)).toMatchObject({ ok: true, value: Buffer.from('hello') });
    expect(await readFileWithin(path, 4)).toMatchObject({ problems: [{ code: 'file-too-large' }] });
    expect(await readFileWithin(folder, 1e6)).toMatchObject({
      problems: [{ message: 'it is a folder; a file is needed' }],
    });
    expect(await readFileWithin(join(folder, 'b'), 5)).toMatchObject({
      problems: [{ message: 'there is no such file' }],
    });
  });
});

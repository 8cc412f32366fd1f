import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cutName } from '../../../main/cut-name.ts';
import { copyNameOf, fileNameFor, freePath } from '../../../main/lab/files/file-names.ts';

const folder = mkdtempSync(join(tmpdir(), 'ohlol-names-'));
afterAll(() => rmSync(folder, { recursive: true }));
const bytesOf = (text: string) => Buffer.byteLength(text);

test('a name is cut by bytes, between characters, with room for the longest ending', () => {
  const chinese = fileNameFor('床'.repeat(80));
  expect(chinese).toBe('床'.repeat(33));
  expect(fileNameFor('🇨🇳'.repeat(80))).toBe('🇨🇳'.repeat(12));
  expect(fileNameFor('a'.repeat(300))).toHaveLength(100);
  expect(bytesOf(`${chinese} 2026-01-01T00-00-00-000Z.ohlol-journal`)).toBeLessThan(143);
  expect(fileNameFor('hello → ohlol')).toBe('hello-ohlol');
});

test('a name that Windows keeps for itself, nothing, or half a character is made a name', () => {
  for (const name of ['con', 'NUL', 'nul.txt', 'com1.a.b']) expect(fileNameFor(name)).toBe(`project-${name}`);
  for (const name of ['', '...', '→', '\ud800']) expect(fileNameFor(name)).toBe('project-');
  expect(fileNameFor('console')).toBe('console');
});

test('as many projects of one long name as one likes, and copies of a name as long as a disk takes', () => {
  const long = 'n'.repeat(249);
  for (const name of [fileNameFor('床'.repeat(80)), copyNameOf(long), long]) {
    const paths = Array.from({ length: 12 }, () => {
      const path = freePath(folder, name, '.ohlol');
      writeFileSync(path, '');
      writeFileSync(`${path}-journal`, '');
      return path;
    });
    expect(new Set(paths).size).toBe(12);
    expect(basename(paths[11]!)).toMatch(/-12\.ohlol$/);
  }
  expect(copyNameOf(long)).toMatch(/n-copy$/);
  expect(cutName('abc', 3)).toBe('abc');
});

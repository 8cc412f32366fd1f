import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Result } from '../../../engine/errors.ts';
import { parseWeights } from '../../../engine/formats/weights.ts';
import type { FileSource } from '../../../main/api.ts';
import { doReadJob, unpack } from '../../../main/reader/read-jobs.ts';
import { readSource } from '../../../main/reader/read-source.ts';
import { createReader, type Reader, type ReaderOptions } from '../../../main/reader/reader.ts';

const caseFile = (name: string) => resolve(import.meta.dirname, '../../fixtures/cases', name);
const dropped = (name: string): FileSource => ({
  kind: 'contents',
  fileName: name,
  bytes: readFileSync(caseFile(name)),
});
const said = (result: Result<unknown>) => (result.ok ? [] : result.problems.map(({ message }) => message));
const folder = mkdtempSync(join(tmpdir(), 'ohlol-reader-'));
afterAll(() => rmSync(folder, { recursive: true }));

let reader: Reader | null = null;
afterEach(() => reader?.close());
function start(options: ReaderOptions = {}): Reader {
  reader = createReader(options);
  return reader;
}

describe('in a thread of its own', () => {
  test('weights are the file’s, from a path and dropped, as JSON, UTF-16 and safetensors', async () => {
    const json = parseWeights(readFileSync(caseFile('hr.json'), 'utf8'));
    if (!json.ok || json.value.kind !== 'document') throw new Error(said(json).join());
    const here = start();
    for (const name of ['hr.json', 'hr16.json', 'hr.safetensors']) {
      for (const source of [dropped(name), { kind: 'path', path: caseFile(name) } as const]) {
        const read = await here.read({ kind: 'weights', source });
        if (!read.ok) throw new Error(said(read).join());
        expect(read.value.name).toBe(name);
        expect(unpack(read.value.tensors), name).toEqual(json.value.document.weights);
      }
    }
  });

  test('an experiment becomes a draft, with its warnings', async () => {
    const read = await start().read({ kind: 'draft', source: dropped('multi.json') });
    expect(read).toMatchObject({
      ok: true,
      value: { name: 'multi' },
      warnings: [{ code: 'impossible-token' }],
    });
  });
});

describe('a file that does not come to an end', () => {
  const entry = join(import.meta.dirname, 'endless-thread.ts');
  const source = (fileName: string): FileSource => ({ kind: 'contents', fileName, bytes: new Uint8Array(0) });
  const read = (fileName: string, signal?: AbortSignal) =>
    reader!.read({ kind: 'summary', source: source(fileName) }, signal);

  test('is given up after its time, and the next is read', async () => {
    start({ entry, limitMs: 2000 });
    const [endless, next] = await Promise.all([read('endless'), read('next')]);
    expect(said(endless)).toEqual([
      'the file was not read after 2 s, and reading it was given up; at most 2 s are taken',
    ]);
    expect(next).toMatchObject({ ok: true, value: 'next' });
  });

  test('its thread has ended then, not only been left alone', async () => {
    const threads: Worker[] = [];
    const note = (thread: Worker) => void threads.push(thread);
    process.on('worker', note);
    start({ entry, limitMs: 2000 });
    await read('endless');
    process.off('worker', note);
    expect(threads).toHaveLength(1);
    // The thread's number is gone when the thread is.
    await expect.poll(() => threads[0]!.threadId, { timeout: 20_000 }).toBe(-1);
  });

  test('is given up when it takes too much memory, and the next is read', async () => {
    start({ entry, limitMegabytes: 64 });
    expect(said(await read('hungry'))).toEqual([
      'the file takes more than 64 MB of memory to read, and reading it was given up',
    ]);
    expect(await read('next')).toMatchObject({ ok: true, value: 'next' });
  });

  test('is given up when nobody waits any more', async () => {
    start({ entry });
    const gone = new AbortController();
    const endless = read('endless', gone.signal);
    gone.abort();
    expect(said(await endless)).toEqual(['the file was not read, because nobody is waiting for it any more']);
    expect(said(await read('next', gone.signal))).toHaveLength(1);
    expect(await read('next')).toMatchObject({ ok: true, value: 'next' });
  });

  test('and one that the reader dies of, is a sentence', async () => {
    start({ entry });
    expect(said(await read('fatal'))).toEqual([
      'the file could not be read, by a fault of the reader itself',
    ]);
    expect(await read('next')).toMatchObject({ ok: true, value: 'next' });
  });

  test('does not outlive the lab', async () => {
    const endless = start({ entry }).read({ kind: 'summary', source: source('endless') });
    await new Promise((resolve) => setImmediate(resolve));
    reader!.close();
    expect(said(await endless)).toHaveLength(1);
    expect(said(await read('next'))).toHaveLength(1);
  });
});

describe('what is no ordinary file', () => {
  const refused = (path: string) => said(readSource({ kind: 'path', path }));

  test.skipIf(process.platform === 'win32')('is refused before it is read', () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    expect(refused(fifo)).toEqual([`${fifo}: it is a pipe or a device; an ordinary file is needed`]);
    expect(refused('/dev/zero')).toEqual(['/dev/zero: it is a pipe or a device; an ordinary file is needed']);
    expect(refused(folder)).toEqual([`${folder}: it is a folder; an ordinary file is needed`]);
    expect(refused(join(folder, 'none'))).toEqual([`${join(folder, 'none')}: there is no such file`]);
  });

  test('nor is one above the limit', () => {
    const path = join(folder, 'large');
    writeFileSync(path, 'x'.repeat(101));
    expect(said(readSource({ kind: 'path', path }, 100))).toEqual([
      `${path}: it has 101 bytes; at most 100 are read`,
    ]);
  });
});

describe('cases', () => {
  test.each([
    ['data.xlsx', 'data.xlsx: it is a spreadsheet; weights are JSON or safetensors'],
    ['gbk.json', 'the file is not UTF-8 text; save it as UTF-8'],
    ['lyrics.txt', 'lyrics.txt: it is a text; weights are JSON or safetensors'],
    ['trail.safetensors', 'the safetensors file has 56 bytes after its header; its tensors take 48'],
    [
      'list.json',
      'the document is a list of 1; it must be a weights file: an object with "format": "ohlol/weights"',
    ],
  ])('%s dropped', (name, sentence) => {
    expect(said(doReadJob({ kind: 'summary', source: dropped(name) }))).toEqual([sentence]);
  });
});

import { constants, write } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { refused, type Target } from '../write-guard.ts';

/**
 * Writes into a pipe, a device, or a stream that this process has open already. Opening a pipe waits for its reader;
 * data written meanwhile stays in memory, which `writableNeedDrain` shows.
 */
export function specialOutput({ path, descriptor }: Extract<Target, { kind: 'special' }>): Writable {
  let handle: FileHandle | null = null;
  let into = descriptor;

  async function openTarget(): Promise<number> {
    if (into !== null) return into;
    // No O_CREAT and no O_TRUNC: the target is not an ordinary file, unless it was replaced since it was checked.
    handle = await open(path, constants.O_WRONLY | (constants.O_NOCTTY ?? 0));
    if ((await handle.stat()).isFile()) {
      throw refused('changed-meanwhile', path, 'it has become an ordinary file; nothing was written to it');
    }
    into = handle.fd;
    return into;
  }

  async function writeAll(bytes: Buffer): Promise<void> {
    const to = await openTarget();
    for (let at = 0; at < bytes.length; ) {
      at += (await promisify(write)(to, bytes, at, bytes.length - at)).bytesWritten;
    }
  }

  const settle = (work: Promise<unknown>, done: (error?: Error | null) => void) =>
    void work.then(() => done(), done);
  return new Writable({
    highWaterMark: 1 << 20,
    write: (bytes: Buffer, _encoding, done) => settle(writeAll(bytes), done),
    final: (done) => settle(openTarget(), done),
    destroy: (error, done) => settle(handle?.close() ?? Promise.resolve(), (failed) => done(error ?? failed)),
  });
}

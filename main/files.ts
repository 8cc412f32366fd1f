import { randomUUID } from 'node:crypto';
import { closeSync, createReadStream, fsync, openSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { failure, type Problem, problem, type Result, success } from '../engine/errors.ts';

/** A file that is written piece by piece and appears under its name only as a whole. */
export interface AtomicFile {
  append(piece: Uint8Array | string): void;
  /** To the disk (fsync), then renamed over the path; resolves when the bytes outlive a power cut. */
  commit(): Promise<void>;
  /** Leaves the path as it was. */
  discard(): void;
}

/**
 * Starts a new file beside `path`. Whoever reads `path` meanwhile sees its old contents, then all of the new ones.
 * Every step may throw the system's own error (ENOENT, EACCES, ENOSPC …), having discarded the half-written file.
 */
export function startFile(path: string): AtomicFile {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  let descriptor: number | null = openSync(temporary, 'wx');
  const close = () => {
    if (descriptor !== null) closeSync(descriptor);
    descriptor = null;
  };
  const discard = () => {
    close();
    rmSync(temporary, { force: true });
  };
  return {
    append(piece) {
      if (descriptor === null) throw new Error(`${path} is closed already`);
      try {
        // Not writeSync, which may write a part only.
        writeFileSync(descriptor, piece);
      } catch (error) {
        discard();
        throw error;
      }
    },
    async commit() {
      if (descriptor === null) throw new Error(`${path} is closed already`);
      try {
        await promisify(fsync)(descriptor);
        close();
        await rename(temporary, path);
      } catch (error) {
        discard();
        throw error;
      }
      await syncFolder(dirname(path));
    },
    discard,
  };
}

/** Writes a whole file or nothing; see `startFile`. */
export async function writeFileAtomically(path: string, contents: Uint8Array | string): Promise<void> {
  const file = startFile(path);
  file.append(contents);
  await file.commit();
}

/** Makes the rename itself outlive a power cut. Windows opens no folders, and needs none of this. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A file's bytes, or one problem: it is not there, is a folder, may not be read, or is larger than the limit. */
export async function readFileWithin(path: string, limitBytes: number): Promise<Result<Uint8Array>> {
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    // In pieces, since what is no regular file (a pipe, /dev/zero) does not say how long it is.
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > limitBytes) {
        const megabytes = Math.floor(limitBytes / 2 ** 20);
        const message = `the file has more than ${megabytes} MB; at most ${megabytes} MB are read`;
        return failure(problem('file-too-large', '', message, { limit: limitBytes }));
      }
    }
    return success(Buffer.concat(chunks));
  } catch (error) {
    return failure(fileProblem(error, 'read'));
  }
}

/** The first bytes of a regular file; null of anything else, which reading would change or wait for. */
export async function readHead(path: string, length: number): Promise<Uint8Array | null> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return null;
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The system's error as a sentence. `verb` is what was tried: read or written. */
export function fileProblem(error: unknown, verb: 'read' | 'written'): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  const sentences: Record<string, string> = {
    ENOENT: verb === 'read' ? 'there is no such file' : 'its folder does not exist',
    ENOTDIR: 'a part of its path is a file, not a folder',
    EISDIR: 'it is a folder; a file is needed',
    EACCES: `it may not be ${verb}; its permissions forbid it`,
    EPERM: `it may not be ${verb}; the system forbids it`,
    EROFS: 'it cannot be written; its disk is read-only',
    ENOSPC: 'it cannot be written; the disk is full',
  };
  const sentence = (code && sentences[code]) ?? `it cannot be ${verb} (${message})`;
  return problem(verb === 'read' ? 'file-unreadable' : 'file-unwritable', '', sentence, {
    code: code ?? null,
  });
}

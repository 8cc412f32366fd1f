import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure, type Problem, problem, type Result, success } from '../engine/errors.ts';

/**
 * Writes a whole file or nothing: into a new file beside it, to the disk (fsync), then renamed over `path`. Whoever
 * reads `path` meanwhile sees the old contents or the new ones. When the promise resolves, the bytes outlive a
 * power cut. Rejects with the system's own error (ENOENT, EACCES, ENOSPC …), the half-written file removed.
 */
export async function writeFileAtomically(path: string, contents: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
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

/** A file's bytes, or one problem: it is not there, is no file, may not be read, or is larger than the limit. */
export async function readFileWithin(path: string, limitBytes: number): Promise<Result<Uint8Array>> {
  try {
    const { size } = await stat(path);
    if (size > limitBytes) {
      const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MB`;
      const message = `the file is of ${megabytes(size)}; at most ${megabytes(limitBytes)} are read`;
      return failure(problem('file-too-large', '', message, { bytes: size, limit: limitBytes }));
    }
    return success(await readFile(path));
  } catch (error) {
    return failure(fileProblem(error, 'read'));
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

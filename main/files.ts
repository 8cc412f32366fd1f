import {
  chmodSync,
  chownSync,
  closeSync,
  createReadStream,
  fsync,
  fsyncSync,
  linkSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { failure, LabError, type Problem, problem, type Result, success } from '../engine/errors.ts';
import { newTemporary, removeTemporary } from './temporary-files.ts';
import {
  checkTarget,
  refused,
  type Standing,
  type Target,
  type WriteRules,
  writeProblem,
} from './write-guard.ts';

/** A file that is written in pieces and appears under its name only when it is complete. */
export interface AtomicFile {
  append(piece: Uint8Array | string): void;
  /** Path of the half-written file, for a program that writes by path; the file exists and is empty. */
  temporary(): string;
  /** Flushes to disk (fsync), then renames over the path; resolves once the bytes would survive a power cut. */
  commit(): Promise<void>;
  /** Does the same synchronously. */
  commitNow(): void;
  /** Gives up, and leaves the path as it was. */
  discard(): void;
}

export interface FileRules extends WriteRules {
  /** The mode of a new file; an existing file keeps its own. */
  mode?: number;
  /**
   * Endings of files beside it that are removed when the new file takes its place, such as an old database's journal.
   */
  clears?: readonly string[];
}

/** For a file that only we write, such as the settings. */
export const ownFile: FileRules = { replaces: 'anything', special: 'refused' };
/** For a path where nothing may exist yet. */
export const newFile: FileRules = { replaces: 'nothing', special: 'refused' };

/**
 * Starts a file that replaces what the rules let it replace. Readers of `path` see the old contents until they see all
 * of the new ones. The rules are checked now and again before the replacement. Links are followed. The mode of a
 * replaced file is kept, and its owner if that is permitted. Every step that fails removes the half-written file and
 * throws a LabError.
 */
export function startFile(path: string, rules: FileRules): AtomicFile {
  const { path: place, standing } = fileTarget(path, rules);
  let temporary: string | null = null;
  let descriptor: number | null = null;
  let isDone = false;

  /** Runs a step; a step that fails discards the file. */
  function step<T>(work: () => T): T {
    if (isDone) throw new Error(`${path} is closed already`);
    try {
      return work();
    } catch (error) {
      discard();
      throw new LabError(writeProblem(path, error));
    }
  }

  /** Creates the temporary file with the first bytes, so that a process killed before leaves nothing behind. */
  function opened(): number {
    if (temporary === null) {
      temporary = newTemporary(dirname(place));
      descriptor = openSync(temporary, 'wx', standing?.mode ?? rules.mode ?? 0o666);
    }
    descriptor ??= openSync(temporary, 'r+');
    return descriptor;
  }

  function close(): void {
    if (descriptor !== null) closeSync(descriptor);
    descriptor = null;
  }

  function discard(): void {
    isDone = true;
    close();
    if (temporary === null) return;
    removeTemporary(temporary);
    temporary = null;
  }

  function takePlace(name: string): void {
    close();
    const now = fileTarget(path, rules);
    if (now.path !== place) throw changedMeanwhile(path);
    if (now.standing) keepMode(name, now.standing);
    for (const ending of rules.clears ?? []) rmSync(`${place}${ending}`, { force: true });
    if (now.standing) renameSync(name, place);
    else putNew(name, place, path);
    discard();
  }

  return {
    append(piece) {
      // Not writeSync, which may write only a part.
      step(() => writeFileSync(opened(), piece));
    },
    temporary() {
      step(opened);
      close();
      return temporary!;
    },
    async commit() {
      const descriptor = step(opened);
      const failed = await promisify(fsync)(descriptor).catch((error: Error) => error);
      step(() => {
        if (failed) throw failed;
        takePlace(temporary!);
      });
      await syncFolder(dirname(place), path);
    },
    commitNow() {
      step(() => {
        fsyncSync(opened());
        takePlace(temporary!);
      });
      syncFolderNow(dirname(place), path);
    },
    discard,
  };
}

function fileTarget(path: string, rules: WriteRules): Extract<Target, { kind: 'file' }> {
  const target = checkTarget(path, rules);
  if (target.kind === 'file') return target;
  // Callers that write into pipes and devices check the target first.
  throw changedMeanwhile(path);
}

function changedMeanwhile(path: string): LabError {
  return refused(
    'changed-meanwhile',
    path,
    'it was changed while it was being written; nothing was replaced',
  );
}

function keepMode(temporary: string, { mode, uid, gid }: Standing): void {
  try {
    if (process.platform !== 'win32') chownSync(temporary, uid, gid);
  } catch {
    // Only root may give files away; otherwise the file belongs to the writer, as after `cp`.
  }
  chmodSync(temporary, mode);
}

/**
 * Puts a new file in place with a link, which fails if another file has appeared there meanwhile; a rename would
 * replace it.
 */
function putNew(temporary: string, place: string, path: string): void {
  try {
    linkSync(temporary, place);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw changedMeanwhile(path);
    // The disk has no hard links (FAT), or is shared with another system.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES', 'EINVAL'].includes(code))
      throw error;
    renameSync(temporary, place);
  }
}

/** Writes a whole file or nothing; see `startFile`. */
export async function writeFileAtomically(
  path: string,
  contents: Uint8Array | string,
  rules: FileRules,
): Promise<void> {
  const file = startFile(path, rules);
  file.append(contents);
  await file.commit();
}

/** Makes the rename itself survive a power cut. Windows cannot open folders, and does not need this. */
async function syncFolder(folder: string, path: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    sayUnlessImpossible(error, path);
  }
}

function syncFolderNow(folder: string, path: string): void {
  if (process.platform === 'win32') return;
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    sayUnlessImpossible(error, path);
  }
}

/**
 * Throws unless the folder cannot be synced: some disks sync no folders, and some folders can be written but not read.
 */
function sayUnlessImpossible(error: unknown, path: string): void {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES', 'EPERM', 'EISDIR'].includes(code)) return;
  throw new LabError(writeProblem(path, error));
}

/** A file's bytes, or a problem: it does not exist, is a folder, may not be read, or is larger than the limit. */
export async function readFileWithin(path: string, limitBytes: number): Promise<Result<Uint8Array>> {
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    // Read in pieces, because a file that is not regular (a pipe, /dev/zero) does not tell its length.
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
    return failure(readProblem(path, error));
  }
}

/** The first bytes of a regular file; null for anything else, because reading it might change it or block. */
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

/** Why a file could not be read, as a sentence without its path; the system's own words are in the details. */
export function readProblem(path: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  const broken = code === 'ENOENT' ? brokenLink(path) : null;
  const sentence = broken ?? (code && sentences[code]) ?? 'it cannot be read';
  return problem('file-unreadable', '', sentence, { code: code ?? null, reason: message });
}

function brokenLink(path: string): string | null {
  try {
    return `it is a link to ${readlinkSync(path)}, and there is no such file`;
  } catch {
    return null;
  }
}

const sentences: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder; a file is needed',
  EACCES: 'it may not be read; its permissions forbid it',
  EPERM: 'it may not be read; the system forbids it',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is longer than any file has one',
  EIO: 'its disk fails to read it',
};

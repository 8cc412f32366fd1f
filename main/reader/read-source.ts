/** The bytes that a user provides: a file's, or contents that a window has sent. */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { group } from '../../engine/data/ranges.ts';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import type { FileSource } from '../api.ts';
import { readProblem } from '../files.ts';

/** The largest file: JavaScript strings cannot be longer. */
export const fileLimitBytes = 512 * 2 ** 20 - 1024;

export interface Contents {
  name: string;
  bytes: Uint8Array;
}

/**
 * Reads an ordinary file, or returns contents that a window has sent. A pipe, a device or a folder is refused before
 * anything is read: reading it could block, never end, or change what it stands for.
 */
export function readSource(source: FileSource, limitBytes = fileLimitBytes): Result<Contents> {
  if (source.kind === 'contents') {
    return success({ name: source.fileName, bytes: source.bytes });
  }
  const { path } = source;
  try {
    if (!statSync(path).isFile()) return failure(notAFile(path));
    // O_NONBLOCK: the file may have become a pipe since, and opening that would wait for a writer.
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = fstatSync(descriptor);
      if (!found.isFile()) return failure(notAFile(path));
      if (found.size > limitBytes) return failure(tooLarge(path, found.size, limitBytes));
      return success({ name: basename(path), bytes: readFileSync(descriptor) });
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { message, details } = readProblem(path, error);
    return failure(
      problem('file-unreadable', '', `${path}: ${message}`, { ...details, path, reason: message }),
    );
  }
}

function notAFile(path: string) {
  const what = statSync(path).isDirectory() ? 'a folder' : 'a pipe or a device';
  const message = `${path}: it is ${what}; an ordinary file is needed`;
  return problem('not-a-file', '', message, { path, what });
}

function tooLarge(path: string, bytes: number, limit: number) {
  const message = `${path}: it has ${group(bytes)} bytes; at most ${group(limit)} are read`;
  return problem('file-too-large', '', message, { path, bytes, limit });
}

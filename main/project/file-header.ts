/**
 * What a file says of itself in its first bytes, before SQLite is let at it: a file of another program must not be
 * changed in the least, and SQLite may roll a journal back or make one.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Problem } from '../../engine/errors.ts';
import { projectProblem } from './file-problems.ts';
import { applicationId } from './schema.ts';

export interface FileHeader {
  version: number;
}

/** https://www.sqlite.org/fileformat2.html#the_database_header */
const headerBytes = 100;
const magic = 'SQLite format 3\0';

/** The version, or why this is no project. */
export function readHeader(path: string): FileHeader | Problem {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return projectProblem('project-missing', path, 'there is no such file');
  if (found.isDirectory()) {
    return projectProblem('project-not-a-file', path, 'it is a folder; a project is a file');
  }
  if (!found.isFile()) return projectProblem('project-not-a-file', path, 'it is not an ordinary file');
  const header = Buffer.alloc(headerBytes);
  let length: number;
  try {
    const descriptor = openSync(path, 'r');
    try {
      length = readSync(descriptor, header);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return projectProblem('project-unreadable', path, `it may not be read (${code})`);
  }
  if (length === 0) return projectProblem('project-not-sqlite', path, 'it is empty; no project is in it');
  if (header.toString('latin1', 0, Math.min(length, 16)) !== magic.slice(0, length)) {
    return projectProblem('project-not-sqlite', path, 'it is not an Ohlol project (no SQLite database)');
  }
  if (length < headerBytes) return projectProblem('project-damaged', path, 'it is damaged or cut off');
  if (header.readUInt32BE(68) !== applicationId) {
    return projectProblem('project-foreign', path, 'it is a database, but not an Ohlol project');
  }
  // 1: rollback journal. SQLite would have to write to the file to read it otherwise.
  if (header[18] !== 1 || header[19] !== 1) {
    return projectProblem(
      'project-damaged',
      path,
      'another program has given it a write-ahead log, or damaged it',
    );
  }
  return { version: header.readUInt32BE(60) };
}

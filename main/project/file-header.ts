/**
 * What a file says of itself in its first bytes, before SQLite is let at it: a file of another program must not be
 * changed in the least, and SQLite may roll a journal back or make one.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename } from 'node:path';
import { type Problem, problem } from '../../engine/errors.ts';
import { readProblem } from '../files.ts';
import { projectProblem } from './file-problems.ts';

export interface FileHeader {
  version: number;
  pageBytes: number;
  /** Something stands where SQLite looks for what a crash has left half written. */
  hasJournal: boolean;
}

/** `PRAGMA application_id`: the letters "Ohlo". */
export const applicationId = 0x4f686c6f;

/** https://www.sqlite.org/fileformat2.html#the_database_header */
const headerBytes = 100;
const magic = 'SQLite format 3\0';

/** The version, or why this is no project. Nothing but an ordinary file is opened: a pipe would be waited for. */
export function readHeader(path: string): FileHeader | Problem {
  try {
    return headerOf(path);
  } catch (error) {
    return projectProblem('project-unreadable', path, readProblem(path, error).message);
  }
}

function headerOf(path: string): FileHeader | Problem {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) {
    const why = readProblem(path, Object.assign(new Error('no entry'), { code: 'ENOENT' }));
    return projectProblem('project-missing', path, why.message);
  }
  if (found.isDirectory()) {
    return projectProblem('project-not-a-file', path, 'it is a folder; a project is a file');
  }
  if (!found.isFile()) return notOrdinary(path);
  const header = Buffer.alloc(headerBytes);
  let length: number;
  // Where a pipe has come into its place since, it is not waited for.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!fstatSync(descriptor).isFile()) return notOrdinary(path);
    length = readSync(descriptor, header);
  } finally {
    closeSync(descriptor);
  }
  if (length === 0) return projectProblem('project-not-sqlite', path, 'it is empty; no project is in it');
  if (header.toString('latin1', 0, Math.min(length, 16)) !== magic.slice(0, length)) {
    return projectProblem('project-not-sqlite', path, 'it is not an Ohlol project (no SQLite database)');
  }
  if (length < headerBytes) return projectProblem('project-damaged', path, 'it is damaged or cut off');
  if (header.readUInt32BE(68) !== applicationId) {
    return projectProblem('project-foreign', path, 'it is a database, but not an Ohlol project');
  }
  return readLayout(path, header) ?? readBeside(path, header);
}

const notOrdinary = (path: string) =>
  projectProblem('project-not-a-file', path, 'it is not an ordinary file, but a pipe or a device');

/** What no Ohlol has ever written; null where all is as it writes it. */
function readLayout(path: string, header: Buffer): Problem | null {
  // 1: rollback journal. SQLite would have to write to the file to read it otherwise.
  if (header[18] !== 1 || header[19] !== 1) {
    return projectProblem(
      'project-damaged',
      path,
      'another program has given it a write-ahead log, or damaged it',
    );
  }
  const pageBytes = pageBytesOf(header);
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0) {
    return projectProblem('project-damaged', path, `it is damaged (pages of ${pageBytes} bytes)`);
  }
  const encoding = header.readUInt32BE(56);
  if (encoding !== 1) {
    return projectProblem('project-damaged', path, `its texts are not UTF-8 (encoding ${encoding})`);
  }
  return null;
}

const pageBytesOf = (header: Buffer) => (header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16));

/** SQLite takes what lies beside a file for a part of it, whoever put it there. */
function readBeside(path: string, header: Buffer): FileHeader | Problem {
  // Where SQLite looks: beside the file itself, not beside a link to it.
  const real = realpathSync.native(path);
  const log = lstatSync(`${real}-wal`, { throwIfNoEntry: false });
  if (log) return strangerBeside(path, `${basename(real)}-wal`, 'the write-ahead log of another program');
  const journal = lstatSync(`${real}-journal`, { throwIfNoEntry: false });
  if (journal && !journal.isFile())
    return strangerBeside(path, `${basename(real)}-journal`, 'no ordinary file');
  return {
    version: header.readUInt32BE(60),
    pageBytes: pageBytesOf(header),
    hasJournal: Boolean(journal?.size),
  };
}

function strangerBeside(path: string, beside: string, what: string): Problem {
  const message = `${path}: ${beside} lies beside it, ${what}; close that program, or move it away`;
  return problem('project-has-log', '', message, { path, beside });
}

/** The file itself, whatever its name: two names of one file are the same here. null where it is not there. */
export function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

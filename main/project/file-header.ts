/**
 * Reads a file's first bytes before SQLite opens it: SQLite may roll back a journal or make one, but a file of another
 * program must not be changed in the least.
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
  /** Whether a file lies where SQLite looks for the journal of a write that a crash interrupted. */
  hasJournal: boolean;
}

/** `PRAGMA application_id`: the letters "Ohlo". */
export const applicationId = 0x4f686c6f;

/** https://www.sqlite.org/fileformat2.html#the_database_header */
const headerBytes = 100;
const magic = 'SQLite format 3\0';

/**
 * The header of a project file, or why it is not one. Only ordinary files are opened, because reading a pipe would
 * block.
 */
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
  // O_NONBLOCK: a pipe may have replaced the file since.
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

/** The problem of a header that no Ohlol has ever written; null if it is as Ohlol writes it. */
function readLayout(path: string, header: Buffer): Problem | null {
  // 1: rollback journal. With any other mode SQLite would have to write to the file in order to read it.
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

/** Checks the files beside it: SQLite takes a journal or log there for part of the file, whoever put it there. */
function readBeside(path: string, header: Buffer): FileHeader | Problem {
  // SQLite looks beside the file itself, not beside a link to it.
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

/**
 * Identifies a file regardless of its name: two names of one file give the same text. null if the file does not exist.
 */
export function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

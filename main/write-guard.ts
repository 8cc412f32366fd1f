/**
 * Decides what may be written where, for every writer: the command line's outputs, exports, copies of projects,
 * settings. It examines what exists at a path, never its name.
 */
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { LabError, type Problem, problem } from '../engine/errors.ts';

export interface WriteRules {
  /** Which ordinary files may be replaced. A project or another database is never replaced, whatever this says. */
  replaces: 'nothing' | 'anything' | Replaceable;
  /** What happens to pipes and devices: the command line writes into them; a window must not. */
  special: 'written-into' | 'refused';
  /** The command's inputs and its other outputs. */
  apart?: readonly Apart[];
}

/** A kind of file that may replace its like. */
export interface Replaceable {
  /** Its name with an article, for a sentence: `a weights file`. */
  what: string;
  /** Whether a file is of this kind, given its first bytes, at most `headBytes`. */
  fits(head: Uint8Array): boolean;
}

export const headBytes = 4096;

/** A file that must not be changed while something else is written. */
export interface Apart {
  path: string;
  /** Its name in a sentence: `the input`, `the output of --out`. */
  what: string;
  /** Identifies the file regardless of its name, as it was when the command started; null if it did not exist. */
  identity: string | null;
}

/** Where bytes are written, after links were followed. */
export type Target =
  | { kind: 'file'; path: string; standing: Standing | null }
  /** A pipe or a device; with `descriptor`, a stream that this process has open already, such as /dev/stdout. */
  | { kind: 'special'; path: string; descriptor: number | null };

/** The ordinary file that exists already. */
export interface Standing {
  identity: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
}

/**
 * Describes a file that must not be changed. If it cannot be examined (links in a circle, a name too long), whoever
 * reads or writes it reports that.
 */
export function apartFrom(path: string, what: string): Apart {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return { path, what, identity: found ? identityOf(found) : null };
  } catch {
    return { path, what, identity: null };
  }
}

/** What writing to `path` would do. Throws a LabError if it would destroy something or is not possible. */
export function checkTarget(path: string, rules: WriteRules): Target {
  try {
    return targetOf(path, rules);
  } catch (error) {
    throw new LabError(writeProblem(path, error));
  }
}

function targetOf(path: string, rules: WriteRules): Target {
  const found = followLinks(path);
  if (found.descriptor === null) refuseJournals(path, found.path);
  const stat = statOf(found);
  if (stat?.isDirectory()) throw refused('is-folder', path, 'it is a folder; a file is needed');
  refuseApart(path, found.path, stat, rules.apart ?? []);
  if (stat?.isFile() && holdsDatabase(path, found)) throw overProject(path);
  if (found.descriptor !== null || (stat && !stat.isFile())) {
    // A stream that is open already may be a socket. A block device must not be overwritten by a document.
    const takesNone = stat?.isBlockDevice() || (stat?.isSocket() && found.descriptor === null);
    if (rules.special === 'refused' || takesNone) {
      throw refused('special-file', path, 'it is no ordinary file but a pipe or a device');
    }
    return { kind: 'special', ...found };
  }
  if (stat) refuseReplacing(path, found.path, stat, rules.replaces);
  accessSync(dirname(found.path), constants.W_OK);
  return { kind: 'file', path: found.path, standing: stat ? standingOf(stat) : null };
}

type Found = { path: string; descriptor: number | null };

const identityOf = ({ dev, ino }: { dev: bigint; ino: bigint }) => `${dev}:${ino}`;

function standingOf(stat: BigIntStats): Standing {
  const { uid, gid, mode, size } = stat;
  return {
    identity: identityOf(stat),
    mode: Number(mode) & 0o777,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
  };
}

/** The most links followed; more than any system follows. */
const mostLinks = 40;

/** The place that a path leads to; a broken link leads to the place where its file would be. */
function followLinks(path: string): Found {
  if (path.endsWith('/') || path.endsWith(sep))
    throw refused('is-folder', path, 'it names a folder; a file is needed');
  let at = resolve(path);
  for (let links = 0; links <= mostLinks; links++) {
    const folder = realpathSync.native(dirname(at));
    at = join(folder, basename(at));
    const descriptor = descriptorOf(folder, basename(at));
    if (descriptor !== null) return { path: at, descriptor };
    if (!lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) return { path: at, descriptor: null };
    at = resolve(folder, readlinkSync(at));
  }
  throw refused('link-loop', path, 'its links lead in a circle');
}

/**
 * The descriptor of a path like /dev/stdout, else null. Such a path is not opened again, which would overwrite what was
 * written before.
 */
function descriptorOf(folder: string, name: string): number | null {
  const own = folder === '/dev/fd' || folder === `/proc/${process.pid}/fd`;
  return own && /^\d+$/.test(name) ? Number(name) : null;
}

function statOf({ path, descriptor }: Found): BigIntStats | null {
  if (descriptor !== null) return fstatSync(descriptor, { bigint: true });
  return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
}

/**
 * Refuses a target that is one of the files to be kept. Compares files, not names: links, other spellings and other
 * cases may name the same file.
 */
function refuseApart(path: string, place: string, stat: BigIntStats | null, apart: readonly Apart[]): void {
  // Two outputs may both go to /dev/null or to a terminal.
  if (stat?.isCharacterDevice()) return;
  for (const { path: other, what, identity } of apart) {
    const now = statSync(other, { bigint: true, throwIfNoEntry: false });
    const same = stat
      ? identityOf(stat) === identity || (now !== undefined && identityOf(now) === identityOf(stat))
      : identity === null && isSamePlace(place, other);
    if (same) throw refused('over-own', path, `it is ${what} of the same command; choose another name`);
  }
}

/** Whether two paths at which nothing exists yet would be the same file. */
function isSamePlace(place: string, other: string): boolean {
  const { path } = followLinks(other);
  if (path === place) return true;
  const folded = (one: string) => one.normalize('NFC').toLowerCase();
  return folded(path) === folded(place) && foldsCase(dirname(place));
}

/** Whether a folder ignores case in names; tested with a file of our own. */
function foldsCase(folder: string): boolean {
  const name = `.ohlol-case-${randomUUID()}.tmp`;
  closeSync(openSync(join(folder, name), 'wx'));
  try {
    return existsSync(join(folder, name.toUpperCase()));
  } finally {
    rmSync(join(folder, name), { force: true });
  }
}

/** https://www.sqlite.org/fileformat2.html#magic_header_string */
const databaseMagic = 'SQLite format 3\0';

function holdsDatabase(path: string, { path: place, descriptor }: Found): boolean {
  return readStart(path, descriptor === null ? place : `/dev/fd/${descriptor}`, 16).equals(
    Buffer.from(databaseMagic),
  );
}

/** Refuses files that SQLite keeps beside a project: overwriting one would destroy the project. */
function refuseJournals(path: string, place: string): void {
  const project = /^(.+)-(journal|wal|shm)$/s.exec(place)?.[1];
  if (project === undefined || !statSync(project, { throwIfNoEntry: false })?.isFile()) return;
  if (holdsDatabase(path, { path: project, descriptor: null })) throw overProject(path);
}

function overProject(path: string): LabError {
  const what = 'it is a project, another database, or part of one, and nothing is written over that';
  return refused('over-project', path, `${what}; choose another name`);
}

function readStart(path: string, place: string, length: number): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(place, 'r');
  } catch {
    const what = 'a file is there that may not be read, so what would be lost is not known';
    throw refused('file-unreadable-there', path, `${what}; choose another name`);
  }
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, length, 0));
  } finally {
    closeSync(descriptor);
  }
}

function refuseReplacing(
  path: string,
  place: string,
  stat: BigIntStats,
  replaces: WriteRules['replaces'],
): void {
  if (replaces === 'nothing') throw fileExists(path);
  // Checks the mode itself, because root may write everything.
  const mode = Number(stat.mode) & 0o777;
  if ((mode & 0o222) === 0 || !mayWrite(place)) {
    const octal = mode.toString(8).padStart(4, '0');
    throw refused(
      'file-protected',
      path,
      `it is there, and its mode ${octal} says that it is not to be written`,
    );
  }
  // Replacing an empty file loses nothing.
  if (replaces === 'anything' || stat.size === 0n) return;
  if (replaces.fits(readStart(path, place, headBytes))) return;
  throw refused('another-kind', path, `it is there and is not ${replaces.what}; --force replaces it`);
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function fileExists(path: string): LabError {
  return refused('file-exists', path, 'there is such a file already');
}

/** The error that refuses a path; `what` follows the path in its sentence. */
export function refused(code: string, path: string, what: string): LabError {
  return new LabError(problem(code, '', `${path}: ${what}`, { path }));
}

/**
 * Why something could not be written, as a problem that names the path, with the system's code in its details. Errors
 * without such a code are thrown again.
 */
export function writeProblem(path: string, error: unknown): Problem {
  if (error instanceof LabError) return error.problem;
  const { code: system } = error as NodeJS.ErrnoException;
  // An error without a system code is a defect of the code.
  if (system === undefined) throw error;
  const [code, what] = sentences[system] ?? [
    'file-unwritable',
    'it cannot be written; its disk or folder does not take it',
  ];
  return problem(code, '', `${path}: ${what}`, { path, system });
}

const full: [code: string, what: string] = ['disk-full', 'it cannot be written; the disk is full'];
const forbidden: [code: string, what: string] = [
  'write-forbidden',
  'it may not be written; the permissions of the file or of its folder forbid it',
];

const sentences: Record<string, [code: string, what: string]> = {
  ENOENT: ['no-folder', 'its folder does not exist'],
  ENOTDIR: ['no-folder', 'a part of its path is a file, not a folder'],
  EISDIR: ['is-folder', 'it is a folder; a file is needed'],
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: ['disk-read-only', 'it cannot be written; its disk is read-only'],
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: ['file-too-large-for-disk', 'it cannot be written; it is larger than its disk takes a file'],
  EPIPE: ['pipe-closed', 'it cannot be written to the end; its reader has gone'],
  ENAMETOOLONG: ['name-too-long', 'its name is longer than the disk takes one'],
  ELOOP: ['link-loop', 'its links lead in a circle'],
  EBADF: ['no-such-stream', 'no such stream is open for writing'],
};

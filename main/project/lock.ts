/**
 * Which process may write to a project file. A row of the file itself names it, so that the lock travels with the file
 * and leaves no second file behind.
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type Problem, problem } from '../../engine/errors.ts';
import { isThisComputer, readComputer, startOf, thisComputer } from './computer.ts';
import { identityOf } from './file-header.ts';

/** Tokens of this process's open files. A row with our process id and another token belongs to an earlier process. */
const ourTokens = new Set<string>();

interface Holder {
  pid: number;
  host: string;
  started: string | null;
  token: string;
  since: string;
}

/**
 * Takes the lock in the caller's transaction, which has checked that nobody has the file or that it is to be taken
 * over. Returns a new token, which ends with the file's identity.
 */
export function takeLock(database: DatabaseSync, path: string): string {
  const token = [randomUUID(), identityOf(path)].join(' ');
  database
    .prepare(
      'INSERT OR REPLACE INTO lock (only_one, pid, host, started, token, since) VALUES (1, ?, ?, ?, ?, ?)',
    )
    .run(process.pid, thisComputer(), startOf(process.pid), token, new Date().toISOString());
  ourTokens.add(token);
  return token;
}

/** Removes our lock, in the caller's transaction or on its own. */
export function releaseLock(database: DatabaseSync, token: string): void {
  forgetLock(token);
  database.prepare('DELETE FROM lock WHERE token = ?').run(token);
}

/** Forgets the token of a file that can no longer be written; its lock row then belongs to nobody. */
export function forgetLock(token: string): void {
  ourTokens.delete(token);
}

/**
 * Whether the file still holds our lock: another process may have taken it over, or other contents may have been
 * written into it.
 */
export function holdsLock(database: DatabaseSync, token: string): boolean {
  return readHolder(database)?.token === token;
}

/**
 * The problem that another process has taken over our file; null if nobody has it. Throws if the file holds other
 * contents.
 */
export function whoTookIt(database: DatabaseSync, path: string): Problem | null {
  const holder = readHolder(database);
  if (!holder) return null;
  const { pid, since } = holder;
  const host = readComputer(holder.host).name;
  const message = `${path}: process ${pid} on ${host} has taken it over; nothing more is written to it here`;
  return problem('project-taken-over', '', message, { path, pid, host, since });
}

/**
 * The problem that another process has the file; null if nobody has it. The lock in a copy belongs to the file that was
 * copied, and does not count.
 */
export function whoHasIt(database: DatabaseSync, path: string): Problem | null {
  const holder = readHolder(database);
  const life = !holder || isOfAnother(holder, path) ? 'gone' : lifeOf(holder);
  if (!holder || life === 'gone') return null;
  const { pid, since } = holder;
  const host = readComputer(holder.host).name;
  const details = { path, pid, host, since };
  const isOpen = `${path}: process ${pid} on ${host} has it open since ${since}`;
  return life === 'living'
    ? problem('project-locked', '', `${isOpen}; close it there to write to it here, or save a copy`, details)
    : problem('project-locked-unsure', '', `${isOpen}, or died with it; take it over if it has`, details);
}

/** Whether we cannot tell if the process that has the file is still alive. */
export function isUnsure({ code }: Problem): boolean {
  return code === 'project-locked-unsure';
}

/** The lock's holder; null if there is none. Version 1 stored neither start nor token. */
function readHolder(database: DatabaseSync): Holder | null {
  const row = database.prepare('SELECT * FROM lock').get();
  return row ? ({ started: null, token: '', ...row } as unknown as Holder) : null;
}

/** Whether the lock came with the contents of another file: a copy made while that file was open. */
function isOfAnother({ host, token }: Holder, path: string): boolean {
  // Another computer gives the same file other numbers.
  if (!isThisComputer(host)) return false;
  // Earlier versions stored no identity.
  const [, taken] = /^\S+ (\d+:\d+)$/.exec(token) ?? [];
  const now = identityOf(path);
  return taken !== undefined && now !== null && taken !== now;
}

function lifeOf({ pid, host, started, token }: Holder): 'living' | 'gone' | 'unknown' {
  // Processes of another computer cannot be examined.
  if (!isThisComputer(host)) return 'unknown';
  if (pid === process.pid) return ourTokens.has(token) ? 'living' : 'gone';
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'gone';
  }
  const now = startOf(pid);
  if (started === null || now === null) return 'unknown';
  return started === now ? 'living' : 'gone';
}

/**
 * Who may write to a project file: one process, named in a row of the file itself, so that the lock travels with it
 * and leaves no second file behind.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { type Problem, problem } from '../../engine/errors.ts';

/** Openings of this process that hold a lock. A row with our number and another token is of an earlier process. */
const ourTokens = new Set<string>();

interface Holder {
  pid: number;
  host: string;
  started: string | null;
  token: string;
  since: string;
}

export type LockTaken = { taken: true; token: string } | { taken: false; problem: Problem };

/** In the caller's transaction. The lock of a process of this computer that is gone is taken over. */
export function takeLock(database: DatabaseSync, path: string): LockTaken {
  const problem = whoHasIt(database, path);
  if (problem) return { taken: false, problem };
  const token = randomUUID();
  database
    .prepare(
      'INSERT OR REPLACE INTO lock (only_one, pid, host, started, token, since) VALUES (1, ?, ?, ?, ?, ?)',
    )
    .run(process.pid, hostname(), startOf(process.pid), token, new Date().toISOString());
  ourTokens.add(token);
  return { taken: true, token };
}

export function releaseLock(database: DatabaseSync, token: string): void {
  forgetLock(token);
  database.prepare('DELETE FROM lock WHERE token = ?').run(token);
}

/** Of a file that cannot be written to any more: its row then is of nobody. */
export function forgetLock(token: string): void {
  ourTokens.delete(token);
}

/** The living process that has the file, as a problem; null where nobody has it. */
export function whoHasIt(database: DatabaseSync, path: string): Problem | null {
  const holder = database.prepare('SELECT pid, host, started, token, since FROM lock').get() as
    | Holder
    | undefined;
  if (!holder || !isAlive(holder)) return null;
  const { pid, host, since } = holder;
  const message = `${path}: process ${pid} on ${host} has it open since ${since}; close it there to write to it here`;
  return problem('project-locked', '', message, { path, pid, host, since });
}

function isAlive({ pid, host, started, token }: Holder): boolean {
  // Nothing can be known of another computer's processes.
  if (host !== hostname()) return true;
  if (pid === process.pid) return ourTokens.has(token);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

/**
 * When a process started, in its system's own words: systems give numbers out again, after a restart soon the same
 * ones. null where the system does not say.
 */
function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      // proc(5): the 22nd field is the start in ticks since boot; the 2nd, in parentheses, may hold anything.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
    }
    if (process.platform === 'darwin') {
      const options = { encoding: 'utf8', env: { LC_ALL: 'C', TZ: 'UTC' } } as const;
      return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], options).trim();
    }
    return null;
  } catch {
    return null;
  }
}

import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { type Problem, problem } from '../../engine/errors.ts';
import { inTransaction } from './migrations.ts';

/**
 * Takes the right to write for this process. It is a row in the file itself, so it travels with it and leaves no
 * second file behind. The row of a process of this computer that is gone is taken over.
 */
export function takeLock(database: DatabaseSync, path: string): Problem | null {
  return inTransaction(database, () => {
    const holder = database.prepare('SELECT pid, host, since FROM lock').get() as
      | { pid: number; host: string; since: string }
      | undefined;
    if (holder && !isOurs(holder) && isAlive(holder)) {
      const message = `${path}: process ${holder.pid} on ${holder.host} has it open since ${holder.since}; close it there first`;
      return problem('project-locked', '', message, { path, pid: holder.pid, host: holder.host });
    }
    database
      .prepare('INSERT OR REPLACE INTO lock (only_one, pid, host, since) VALUES (1, ?, ?, ?)')
      .run(process.pid, hostname(), new Date().toISOString());
    return null;
  });
}

export function releaseLock(database: DatabaseSync): void {
  database.prepare('DELETE FROM lock WHERE pid = ? AND host = ?').run(process.pid, hostname());
}

interface Holder {
  pid: number;
  host: string;
}

const isOurs = ({ pid, host }: Holder) => pid === process.pid && host === hostname();

function isAlive({ pid, host }: Holder): boolean {
  // Nothing can be known of another computer's processes.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

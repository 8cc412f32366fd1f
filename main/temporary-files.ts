/**
 * Half-written files. The name of each holds its process id, which tells files of killed processes from those in use.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const ours = new RegExp(`^\\.ohlol-${host}-(\\d+)-[0-9a-f-]{36}\\.tmp(-journal)?$`);
const unfinished = new Set<string>();
let isWatching = false;

/** A free name in a folder. The file is removed when the process ends, unless it is killed. */
export function newTemporary(folder: string): string {
  removeOrphans(folder);
  if (!isWatching) process.on('exit', removeTemporaries);
  isWatching = true;
  const path = join(folder, `.ohlol-${host}-${process.pid}-${randomUUID()}.tmp`);
  unfinished.add(path);
  return path;
}

export function removeTemporary(path: string): void {
  unfinished.delete(path);
  rmSync(path, { force: true });
  // The journal of a database that was being written there.
  rmSync(`${path}-journal`, { force: true });
}

/** Removes the files of this process at its end. */
export function removeTemporaries(): void {
  for (const path of unfinished) removeTemporary(path);
}

/**
 * Removes files that killed processes left in a folder. Files of other computers, whose processes cannot be examined,
 * are not touched.
 */
function removeOrphans(folder: string): void {
  for (const name of namesIn(folder)) {
    const pid = ours.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { force: true });
    } catch {
      // The file is another user's, who may remove it.
    }
  }
}

/** The names in a folder; none if it can be written but not read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

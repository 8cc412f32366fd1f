/**
 * Which project files are as this lab left them. When it closes one it notes device, inode, size and the times of the
 * last change (the inode's, which nobody can set, too), among the settings; a file that still is so needs no check. What
 * was sent, copied, restored, edited by another program or left by a lab that was killed is not.
 */
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

const mostNoted = 200;
const noted = v.array(v.tuple([v.string(), v.string()]));

export const ownFilesName = 'own-files.json';

/** null where it cannot be said, or something of a write that was cut off lies beside it. */
export function stampOf(path: string): string | null {
  try {
    if (lstatSync(`${path}-journal`, { throwIfNoEntry: false })) return null;
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch {
    return null;
  }
}

export type OwnFiles = [path: string, stamp: string][];

export function readOwnFiles(folder: string): OwnFiles {
  const path = join(folder, ownFilesName);
  if (!existsSync(path)) return [];
  try {
    const checked = v.safeParse(noted, JSON.parse(readFileSync(path, 'utf8')));
    return checked.success ? checked.output : [];
  } catch {
    // Spoilt: each file is checked once more.
    return [];
  }
}

export function isOwn(files: OwnFiles, path: string): boolean {
  const stamp = stampOf(path);
  return stamp !== null && files.some(([known, left]) => known === path && left === stamp);
}

/** With this file as it is now first. */
export function noteOwn(files: OwnFiles, path: string): OwnFiles {
  const stamp = stampOf(path);
  const others = files.filter(([known]) => known !== path);
  return stamp === null ? others : [[path, stamp] as OwnFiles[number], ...others].slice(0, mostNoted);
}

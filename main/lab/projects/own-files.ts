/**
 * Project files that are unchanged since this lab closed them, and so need no check. On closing a file, the lab records
 * its device, inode, size and times of the last change (including the inode's, which nobody can set) among the
 * settings. Files that were sent, copied, restored, edited by another program or left by a lab that was killed do not
 * match.
 */
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

const mostNoted = 200;
const noted = v.array(v.tuple([v.string(), v.string()]));

export const ownFilesName = 'own-files.json';

/**
 * Device, inode, size and times of a file, in nanoseconds; null if they cannot be read or the journal of an interrupted
 * write lies beside the file.
 */
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

/** The recorded files, the last closed first; empty if the list is missing or damaged. */
export function readOwnFiles(folder: string): OwnFiles {
  const path = join(folder, ownFilesName);
  if (!existsSync(path)) return [];
  try {
    const checked = v.safeParse(noted, JSON.parse(readFileSync(path, 'utf8')));
    return checked.success ? checked.output : [];
  } catch {
    // The list is damaged: each file is checked once more.
    return [];
  }
}

/** Whether a file is unchanged since it was recorded. */
export function isOwn(files: OwnFiles, path: string): boolean {
  const stamp = stampOf(path);
  return stamp !== null && files.some(([known, left]) => known === path && left === stamp);
}

/** The list with this file's current stamp first; without the file if it has no stamp. */
export function noteOwn(files: OwnFiles, path: string): OwnFiles {
  const stamp = stampOf(path);
  const others = files.filter(([known]) => known !== path);
  return stamp === null ? others : [[path, stamp] as OwnFiles[number], ...others].slice(0, mostNoted);
}

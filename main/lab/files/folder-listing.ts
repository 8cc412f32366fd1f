import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import type { FolderListing } from '../../api.ts';
import { logDefect } from '../../defects.ts';

/**
 * What a folder holds, folders first, by name. Hidden entries and what is neither are left out, and so are links to
 * folders: they lead out of what one seems to look at.
 */
export async function listFolder(path: string): Promise<Result<FolderListing>> {
  const folder = resolve(path);
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const shown = await Promise.all(
      entries
        .filter((entry) => !entry.name.startsWith('.'))
        .map(async (entry) => {
          const kind = entry.isSymbolicLink() ? await kindBehind(join(folder, entry.name)) : kindOf(entry);
          return kind ? { name: entry.name, kind } : null;
        }),
    );
    const parent = dirname(folder);
    return success({
      path: folder,
      parent: parent === folder ? null : parent,
      entries: shown.filter((entry) => entry !== null).sort(byKindAndName),
    });
  } catch (error) {
    logDefect(error);
    const message = `${folder}: it is not there, is no folder, or may not be read`;
    return failure(problem('folder-unreadable', '', message, { path: folder }));
  }
}

type Kind = FolderListing['entries'][number]['kind'];

function kindOf(entry: { isDirectory(): boolean; isFile(): boolean }): Kind | null {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : null;
}

async function kindBehind(link: string): Promise<Kind | null> {
  try {
    return kindOf(await stat(link)) === 'file' ? 'file' : null;
  } catch {
    // A link to nowhere leads nowhere.
    return null;
  }
}

function byKindAndName(a: { name: string; kind: Kind }, b: { name: string; kind: Kind }): number {
  if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
  return a.name.localeCompare(b.name, undefined, { numeric: true });
}

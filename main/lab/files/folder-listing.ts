import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import type { FolderListing } from '../../api.ts';
import { logDefect } from '../../defects.ts';

/**
 * Lists a folder: folders first, then files, by name. Hidden entries, other kinds of entries and links to folders are
 * left out; such a link leads out of the folder that the user sees. Fails with `folder-unreadable`.
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
    // The link is broken.
    return null;
  }
}

function byKindAndName(a: { name: string; kind: Kind }, b: { name: string; kind: Kind }): number {
  if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
  return a.name.localeCompare(b.name, undefined, { numeric: true });
}

import { importEndings, weightsEndings } from '../../engine/formats/importing/endings.ts';
import type { FileDialogRequest, FolderListing } from '../../main/api.ts';

/**
 * A folder's entries as a chooser shows them: folders first, then files with the wanted endings; hidden
 * ones are left out.
 */
export function shownEntries(listing: FolderListing, endings: readonly string[]): FolderListing['entries'] {
  const wanted = (name: string) =>
    endings.length === 0 || endings.some((ending) => name.toLowerCase().endsWith(ending));
  return listing.entries
    .filter((entry) => !entry.name.startsWith('.') && (entry.kind === 'folder' || wanted(entry.name)))
    .sort(
      (a, b) =>
        Number(a.kind === 'file') - Number(b.kind === 'file') ||
        a.name.localeCompare(b.name, undefined, { numeric: true }),
    );
}

/** Joins with the separator that the folder's own path uses. */
export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
}

/** The endings of the files that are listed for a purpose. */
export function endingsFor(purpose: FileDialogRequest['purpose']): string[] {
  switch (purpose) {
    case 'project':
      return ['.ohlol'];
    case 'import':
      return importEndings;
    case 'weights':
    case 'export':
      return weightsEndings;
  }
}

/** Adds the ending of the kind of file being saved to a name typed without one, as system dialogs do. */
export function withEnding(name: string, { purpose, suggestedName }: FileDialogRequest): string {
  if (/.\.[^.]+$/.test(name)) return name;
  const ending = purpose === 'project' ? '.ohlol' : (/\.[^.]+$/.exec(suggestedName ?? '')?.[0] ?? '');
  return name + ending;
}

/** The last part of a path. */
export function fileNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** Everything before the last part of a path; empty where there is nothing before it. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return end < 0 ? '' : path.slice(0, end) || path.slice(0, end + 1);
}

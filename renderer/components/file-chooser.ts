import { importEndings } from '../../engine/formats/importing/endings.ts';
import type { FileDialogRequest, FolderListing } from '../../main/api.ts';

/** A folder's entries as a chooser shows them: folders first, files of the wanted endings only, no hidden ones. */
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

/** What files are listed to be opened for a purpose. */
export function endingsFor(purpose: FileDialogRequest['purpose']): string[] {
  switch (purpose) {
    case 'project':
      return ['.ohlol'];
    case 'import':
      return importEndings;
    case 'weights':
    case 'export':
      return ['.json', '.safetensors'];
  }
}

/** A name that was typed without an ending gets that of what is saved, as system dialogs do. */
export function withEnding(name: string, { purpose, suggestedName }: FileDialogRequest): string {
  if (/.\.[^.]+$/.test(name)) return name;
  const ending = purpose === 'project' ? '.ohlol' : (/\.[^.]+$/.exec(suggestedName ?? '')?.[0] ?? '');
  return name + ending;
}

/** The last part of a path. */
export function fileNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** Everything before the last part; empty where there is none. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return end < 0 ? '' : path.slice(0, end) || path.slice(0, end + 1);
}

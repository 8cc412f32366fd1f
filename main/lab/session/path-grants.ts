/**
 * The paths that one window may name. A window has no path of its own: each comes from a choice that main has seen.
 * Paths from a dialog, a drop, the command line or the system are allowed as they are, and so are recent projects and
 * files that were just written. Also allowed are entries of folders that main has listed for the window, and new names
 * in those folders.
 */
import { basename, dirname, extname, isAbsolute, join, normalize } from 'node:path';
import { type Problem, problem } from '../../../engine/errors.ts';
import type { FolderListing } from '../../api.ts';
import { isFarPath, whyNoName } from '../files/file-name-rules.ts';

export interface PathGrants {
  /** Allows a chosen file to be opened and read. */
  allowToRead(path: string): void;
  /**
   * Allows a chosen file to be written. Another format of the same thing may be written beside it, under its own name.
   */
  allowToWrite(path: string): void;
  /** Allows the project that the window shows to be opened again, and exports to be written beside it. */
  allowProject(project: { path: string }): void;
  /** Allows what a listing shows: its files, its folders and the folder above. */
  allowListing(listing: FolderListing): void;
  /** Why a file may not be opened or read; null if it may. `endings` are those of the files that were offered. */
  whyNotRead(path: string, endings: readonly string[]): Problem | null;
  /** Why no file of this name may be written; null if it may. `ending` is that of its format. */
  whyNotWritten(path: string, ending: string): Problem | null;
  whyNotListed(folder: string): Problem | null;
}

export interface PathGrantsOptions {
  projectsFolder: string;
  isRecent(path: string): boolean;
}

/** The grants of a new window: the folder where projects go, and recent projects. */
export function grantPaths({ projectsFolder, isRecent }: PathGrantsOptions): PathGrants {
  const toRead = new Set<string>();
  const toWrite = new Set<string>();
  /** Files that a listing has shown, and the window's projects. */
  const listed = new Set<string>();
  /** Folders that may be listed: those shown by a listing, the one above it, and those of chosen files. */
  const folders = new Set([normalize(projectsFolder)]);
  /** Folders in which new files may be written. */
  const writtenIn = new Set([normalize(projectsFolder)]);

  return {
    allowToRead(path) {
      toRead.add(path);
      folders.add(dirname(path));
    },
    allowToWrite(path) {
      toWrite.add(path);
      folders.add(dirname(path));
      writtenIn.add(dirname(path));
    },
    allowProject({ path }) {
      listed.add(path);
      folders.add(dirname(path));
      writtenIn.add(dirname(path));
    },
    allowListing({ path, parent, entries }) {
      folders.add(path);
      writtenIn.add(path);
      if (parent !== null) folders.add(parent);
      for (const { name, kind } of entries) (kind === 'folder' ? folders : listed).add(join(path, name));
    },
    whyNotRead(path, endings) {
      if (toRead.has(path) || (endings.includes('.ohlol') && isRecent(path))) return null;
      const why = whyNoPath(path);
      if (why) return why;
      if (!listed.has(path)) return notChosen(path);
      return endings.includes(extname(path).toLowerCase()) ? null : wrongEnding(path, endings);
    },
    whyNotWritten(path, ending) {
      if (toWrite.has(path)) return null;
      const why = whyNoPath(path);
      if (why) return why;
      if (!writtenIn.has(dirname(path))) return notChosen(path);
      const name = basename(path);
      const bad = whyNoName(name);
      if (bad !== null) return noName(path, name, bad);
      return extname(name).toLowerCase() === ending ? null : wrongEnding(path, [ending]);
    },
    whyNotListed: (folder) => whyNoPath(folder) ?? (folders.has(folder) ? null : notChosen(folder)),
  };
}

/** Refuses a path that is not in the form in which main would write it: it may lead elsewhere than it seems to. */
function whyNoPath(path: string): Problem | null {
  if (path.includes('\0') || !isAbsolute(path) || normalize(path) !== path || isFarPath(path))
    return notChosen(path);
  return null;
}

function notChosen(path: string): Problem {
  const shown = shownPath(path);
  const message = `${shown}: nobody has chosen it; choose it, or its folder, in a dialog`;
  return problem('path-not-chosen', '', message, { path: shown });
}

function noName(path: string, name: string, why: string): Problem {
  const shown = shownPath(path);
  return problem('path-no-name', '', `${shown}: ${JSON.stringify(name)} ${why}`, { path: shown, file: name });
}

function wrongEnding(path: string, endings: readonly string[]): Problem {
  const shown = shownPath(path);
  const wanted = endings.join(', ');
  const message = `${shown}: its name ends in ${extname(path) || 'nothing'}; here it ends in ${wanted}`;
  return problem('path-wrong-ending', '', message, { path: shown, endings: wanted });
}

/** Makes a path from a window fit to appear in a sentence. */
function shownPath(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through.
  return path.slice(0, 400).replace(/[\u0000-\u001f\u007f]/g, '�');
}

/** Copies of projects whose files were lost while they were open: work continued in them until a copy was saved. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecentProject } from '../../api.ts';
import { readHeader } from '../../project/file-header.ts';

/** The folder for copies of projects whose files were lost. */
export const keptFolder = (settingsFolder: string) => join(settingsFolder, 'kept');

/**
 * Lists the kept copies as recent projects. The list of recent projects may lack one if the lab was killed before it
 * could write it. Copies left half written by a kill are skipped.
 */
export function listKept(settingsFolder: string): RecentProject[] {
  const folder = keptFolder(settingsFolder);
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.ohlol') && !name.startsWith('.'))
      .map((name) => ({ name, path: join(folder, name) }))
      .filter(({ path }) => !('code' in readHeader(path)))
      .map(({ name, path }) => ({
        path,
        // The name without the time at which the file was lost.
        name: name.replace(/ \d{4}-\d\d-\d\dT[\d-]+Z\.ohlol$/, ''),
        openedAt: statSync(path).mtime.toISOString(),
        lastRun: null,
      }));
  } catch {
    // No project was ever lost, or the folder is gone.
    return [];
  }
}

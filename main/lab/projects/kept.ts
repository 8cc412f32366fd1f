/** Projects whose files were lost while they were open: what work went on in, until a copy of it was saved. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecentProject } from '../../api.ts';
import { readHeader } from '../../project/file-header.ts';

export const keptFolder = (settingsFolder: string) => join(settingsFolder, 'kept');

/**
 * Those that are there, as recent projects: the list itself may not know of one, where the lab was killed before it
 * could be written. What a kill left half written is none.
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
        // Less when it was lost.
        name: name.replace(/ \d{4}-\d\d-\d\dT[\d-]+Z\.ohlol$/, ''),
        openedAt: statSync(path).mtime.toISOString(),
        lastRun: null,
      }));
  } catch {
    // No project was ever lost, or what was is gone.
    return [];
  }
}

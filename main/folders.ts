import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import type { LabFolders } from './lab/host.ts';

/**
 * The folders for this user's projects and settings; creates nothing. OHLOL_HOME puts both under one folder (for tests,
 * or a lab on a USB stick). Otherwise projects go to Documents/Ohlol, or to Ohlol in the home folder if there is no
 * Documents, and settings go where the system keeps them.
 */
export function labFolders(env: NodeJS.ProcessEnv = process.env, home = homedir()): LabFolders {
  if (env.OHLOL_HOME) {
    const folder = resolve(env.OHLOL_HOME);
    return { projects: join(folder, 'projects'), settings: join(folder, 'settings') };
  }
  const documents = join(home, 'Documents');
  return {
    projects: existsSync(documents) ? join(documents, 'Ohlol') : join(home, 'Ohlol'),
    settings: envPaths('ohlol', { suffix: '' }).config,
  };
}

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import type { LabFolders } from './lab/host.ts';

/**
 * Where this user's projects and settings go. OHLOL_HOME puts both under one folder (tests, a lab on a stick);
 * else projects go to Documents/Ohlol, or to Ohlol in the home folder of a user who has no Documents, and settings
 * to where the system keeps them. Nothing is created here.
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

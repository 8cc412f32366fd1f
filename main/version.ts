import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appFolder } from './paths.ts';

/** This app's version, from its package.json. */
export function version(): string {
  return String(JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8')).version);
}

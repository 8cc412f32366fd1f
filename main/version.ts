import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appFolder } from './paths.ts';

/** Of this app, as its package.json has it. */
export function version(): string {
  return String(JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8')).version);
}

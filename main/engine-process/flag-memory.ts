import { mkdirSync, readFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { version } from '../../engine/version.ts';
import { ownFile, writeFileAtomically } from '../files.ts';
import type { FlagMemory } from './flag-choice.ts';

const fileSchema = v.record(v.string(), v.array(v.string()));

/** Entries kept: a few versions each of Node and of the desktop app. */
const mostKept = 16;

/**
 * Flags found good before, in `engine.json` in the settings folder, by version of V8, processor and version of the
 * kernels. The file may be missing, damaged or unwritable at any time; the flags are then tried again.
 */
export function openFlagMemory(folder: string, onFailure: (error: unknown) => void = () => {}): FlagMemory {
  const path = join(folder, 'engine.json');
  const key = `Ohlol ${version}, V8 ${process.versions.v8}, ${arch()} ${cpus()[0]?.model ?? ''}`.trim();

  function read(): Record<string, string[]> {
    try {
      const checked = v.safeParse(fileSchema, JSON.parse(readFileSync(path, 'utf8')));
      return checked.success ? checked.output : {};
    } catch {
      return {};
    }
  }

  async function write(flags: readonly string[]): Promise<void> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const others = Object.entries(read()).filter(([name]) => name !== key);
    const entries = [[key, flags], ...others].slice(0, mostKept);
    await writeFileAtomically(path, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`, ownFile);
  }

  return {
    recall() {
      const known = read();
      return Object.hasOwn(known, key) ? known[key]! : null;
    },
    remember: (set) => void write(set).catch(onFailure),
  };
}

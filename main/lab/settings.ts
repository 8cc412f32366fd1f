/** Preferences and the list of recent projects: two small JSON files that may be missing or spoilt at any time. */

import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { languages } from '../../engine/formats/languages.ts';
import type { Preferences, RecentProject } from '../api.ts';
import { mostThreads } from '../engine-process/kernel-threads.ts';
import { ownFile, writeFileAtomically } from '../files.ts';
import { listKept } from './projects/kept.ts';
import { isOwn, noteOwn, ownFilesName, readOwnFiles } from './projects/own-files.ts';

const mostRecent = 30;

export const preferencesSchema = v.object({
  language: v.nullable(v.picklist(languages)),
  theme: v.nullable(v.picklist(['light', 'dark'])),
  threads: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostThreads))),
});

const recentSchema = v.array(
  v.object({
    path: v.string(),
    name: v.string(),
    openedAt: v.string(),
    lastRun: v.nullable(
      v.object({
        status: v.picklist(['queued', 'running', 'paused', 'finished', 'stopped', 'diverged', 'interrupted']),
        epoch: v.number(),
        epochs: v.number(),
        loss: v.nullable(v.number()),
        losses: v.array(v.number()),
        prediction: v.nullable(v.string()),
        right: v.boolean(),
      }),
    ),
  }),
);

export interface Settings {
  preferences(): Preferences;
  setPreferences(patch: Partial<Preferences>): Promise<Preferences>;
  /** Newest first; only files that are there. */
  recent(): RecentProject[];
  /** Puts a project first, in place of what was known of it. */
  remember(project: RecentProject): Promise<void>;
  /** Whether a project file is as this lab left it. */
  isOwnFile(path: string): boolean;
  /** This file was just closed. */
  noteOwnFile(path: string): Promise<void>;
  /** Resolves when everything is on the disk. */
  settled(): Promise<void>;
}

export function openSettings(folder: string): Settings {
  const files = {
    preferences: join(folder, 'preferences.json'),
    recent: join(folder, 'recent.json'),
    own: join(folder, ownFilesName),
  };
  keepPrivate(folder, Object.values(files));
  let preferences = readPreferences();
  let recent: RecentProject[] = readJson(files.recent, recentSchema, []);
  let writes: Promise<void> = Promise.resolve();

  /** What an older lab has not written is as it was there. */
  function readPreferences(): Preferences {
    const written = readJson(files.preferences, v.partial(preferencesSchema), {});
    return { language: null, theme: null, threads: null, ...written };
  }

  /** `value` is asked when it is its turn: another lab may have written there meanwhile. */
  function write(path: string, value: () => unknown): Promise<void> {
    writes = writes
      // One failed write must not keep the next from being tried; who asked for it has been told.
      .catch(() => {})
      .then(async () => {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const text = `${JSON.stringify(value(), null, 2)}\n`;
        await writeFileAtomically(path, text, { ...ownFile, mode: 0o600 });
        keepPrivate(folder, [path]);
      });
    return writes;
  }

  return {
    preferences: () => preferences,
    async setPreferences(patch) {
      preferences = { ...preferences, ...patch };
      await write(files.preferences, () => ({ ...readPreferences(), ...patch }));
      return preferences;
    },
    recent() {
      recent = merged(recent, readJson(files.recent, recentSchema, []));
      const known = new Set(recent.map(({ path }) => path));
      const kept = listKept(folder).filter(({ path }) => !known.has(path));
      return merged(recent, kept, Infinity).filter(({ path }) => existsSync(path));
    },
    remember(project) {
      recent = merged([project], recent);
      return write(files.recent, () => {
        recent = merged(recent, readJson(files.recent, recentSchema, []));
        return recent;
      });
    },
    isOwnFile: (path) => isOwn(readOwnFiles(folder), path),
    noteOwnFile: (path) => write(files.own, () => noteOwn(readOwnFiles(folder), path)),
    // The caller that asked for the write has been told that it failed.
    settled: () => writes.catch(() => {}),
  };
}

/**
 * What one works on, and the copies and browser profile that lie there too, are nobody else's to read. Projects are the
 * user's, and so are their modes.
 */
function keepPrivate(folder: string, files: string[]): void {
  if (process.platform === 'win32') return;
  try {
    if (existsSync(folder)) chmodSync(folder, 0o700);
    for (const file of files) if (existsSync(file)) chmodSync(file, 0o600);
  } catch {
    // Another user's folder, or a disk that knows no modes: there is nothing that could be done.
  }
}

/** Joins what two labs know: for each project the later entry, `ours` when both are of the same moment. Newest first. */
function merged(
  ours: readonly RecentProject[],
  theirs: readonly RecentProject[],
  most = mostRecent,
): RecentProject[] {
  const known = new Map(ours.map((project) => [project.path, project]));
  for (const project of theirs) {
    const own = known.get(project.path);
    if (!own || own.openedAt < project.openedAt) known.set(project.path, project);
  }
  const newestFirst = (a: RecentProject, b: RecentProject) => (a.openedAt < b.openedAt ? 1 : -1);
  return [...known.values()].sort(newestFirst).slice(0, most);
}

/** A settings file that cannot be read is as good as none: nothing of the user's work is in it. */
function readJson<T>(path: string, schema: v.GenericSchema<unknown, T>, otherwise: T): T {
  if (!existsSync(path) || !existsSync(dirname(path))) return otherwise;
  try {
    const checked = v.safeParse(schema, JSON.parse(readFileSync(path, 'utf8')));
    return checked.success ? checked.output : otherwise;
  } catch {
    return otherwise;
  }
}

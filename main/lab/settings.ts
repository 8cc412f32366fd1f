/** Preferences and the list of recent projects: small JSON files that may be missing or damaged at any time. */

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
  /** Recent projects whose files exist, newest first. */
  recent(): RecentProject[];
  /** Puts a project first in the list, replacing its previous entry. */
  remember(project: RecentProject): Promise<void>;
  /** Whether a project file is unchanged since this lab closed it. */
  isOwnFile(path: string): boolean;
  /** Records the state of a project file that was just closed. */
  noteOwnFile(path: string): Promise<void>;
  /** Resolves when no write is under way, whether or not the last one succeeded. */
  settled(): Promise<void>;
}

/** Opens the settings in a folder, which is created with the first write. Missing or damaged files count as empty. */
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

  /** A preference that an older version did not write has its initial value, null. */
  function readPreferences(): Preferences {
    const written = readJson(files.preferences, v.partial(preferencesSchema), {});
    return { language: null, theme: null, threads: null, ...written };
  }

  /**
   * Writes after the writes before it. `value` is called only then, because another lab may have written the file
   * meanwhile.
   */
  function write(path: string, value: () => unknown): Promise<void> {
    writes = writes
      // A failed write must not keep the next from being tried; its caller has been told.
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
    // The caller of a failed write has been told.
    settled: () => writes.catch(() => {}),
  };
}

/**
 * Makes the settings folder and its files readable by their owner alone: they show what the user works on, and copies
 * of projects and a browser profile lie beside them. Project files keep the modes that the user gave them.
 */
function keepPrivate(folder: string, files: string[]): void {
  if (process.platform === 'win32') return;
  try {
    if (existsSync(folder)) chmodSync(folder, 0o700);
    for (const file of files) if (existsSync(file)) chmodSync(file, 0o600);
  } catch {
    // The folder is another user's, or its disk has no modes: nothing can be done.
  }
}

/** Merges the lists of two labs, newest first: the later entry of each project wins, `ours` on a tie. */
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

/** Reads a settings file, or returns `otherwise` if it cannot be read: it holds nothing of the user's work. */
function readJson<T>(path: string, schema: v.GenericSchema<unknown, T>, otherwise: T): T {
  if (!existsSync(path) || !existsSync(dirname(path))) return otherwise;
  try {
    const checked = v.safeParse(schema, JSON.parse(readFileSync(path, 'utf8')));
    return checked.success ? checked.output : otherwise;
  } catch {
    return otherwise;
  }
}

/** Preferences and the list of recent projects: two small JSON files that may be missing or spoilt at any time. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Preferences, RecentProject } from '../api.ts';
import { mostThreads } from '../engine/kernel-threads.ts';
import { writeFileAtomically } from '../files.ts';

const mostRecent = 30;

export const preferencesSchema = v.object({
  language: v.nullable(v.picklist(['en', 'zh'])),
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
  /** Resolves when everything is on the disk. */
  settled(): Promise<void>;
}

export function openSettings(folder: string): Settings {
  // What an older lab has not written is as it was there.
  const written = readJson(join(folder, 'preferences.json'), v.partial(preferencesSchema), {});
  let preferences: Preferences = { language: null, theme: null, threads: null, ...written };
  let recent: RecentProject[] = readJson(join(folder, 'recent.json'), recentSchema, []);
  let writes: Promise<void> = Promise.resolve();

  function write(name: string, value: unknown): Promise<void> {
    writes = writes
      // One failed write must not keep the next from being tried; who asked for it has been told.
      .catch(() => {})
      .then(() => {
        mkdirSync(folder, { recursive: true });
        return writeFileAtomically(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
      });
    return writes;
  }

  return {
    preferences: () => preferences,
    async setPreferences(patch) {
      preferences = { ...preferences, ...patch };
      await write('preferences.json', preferences);
      return preferences;
    },
    recent: () => recent.filter(({ path }) => existsSync(path)),
    remember(project) {
      recent = [project, ...recent.filter(({ path }) => path !== project.path)].slice(0, mostRecent);
      return write('recent.json', recent);
    },
    // Whoever asked for a write has been told of its failure.
    settled: () => writes.catch(() => {}),
  };
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

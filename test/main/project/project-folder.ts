/** Project files for tests, and how other programs see them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach } from 'vitest';
import { type Draft, emptyDraft } from '../../../engine/data/draft.ts';
import { experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { closeProjectFile, createProjectFile } from '../../../main/project/project-file.ts';

/** An empty folder for each test. */
export function useFolder(): { path(name: string): string } {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ohlol-project-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return { path: (name) => join(folder, name) };
}

export function helloDraft(): Draft {
  return experimentToDraft(findTemplate('hello-rnn')!);
}

/** The hello draft with this many rows. */
export function draftWithRows(count: number): Draft {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    input: `in${index}`,
    target: `out${index}`,
    split: 'train' as const,
    note: '',
  }));
  return { ...emptyDraft(), rows };
}

/** Opens a file as another program would and passes its database to `look`. */
export function withDatabase<T>(path: string, look: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return look(database);
  } finally {
    database.close();
  }
}

export function integrityOf(path: string): unknown {
  return withDatabase(path, (database) => database.prepare('PRAGMA integrity_check').get()!.integrity_check);
}

/** Makes a closed project file with the hello draft; returns its path. */
export function makeProject(path: string): string {
  const made = createProjectFile(path, helloDraft());
  if (!made.ok) throw new Error(made.problems[0]!.message);
  closeProjectFile(made.value);
  return path;
}

/** Permissions bind neither root nor, in this form, users on Windows. */
export const permissionsBind = process.platform !== 'win32' && process.getuid?.() !== 0;

/** The project file on a real disk: what it refuses, what it holds, who may write to it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Draft, emptyDraft } from '../../../engine/data/draft.ts';
import type { Result } from '../../../engine/errors.ts';
import { readDraft } from '../../../main/project/draft-store.ts';
import { commitEdit, commitRedo, commitUndo, readHistory } from '../../../main/project/history.ts';
import { migrations, newestVersion } from '../../../main/project/migrations.ts';
import {
  closeProjectFile,
  createProjectFile,
  openProjectFile,
  type ProjectFile,
} from '../../../main/project/project-file.ts';
import { firstMessage } from '../lab/open-lab.ts';

const label = { key: 'edit_test', values: {} };

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ohlol-project-'));
  path = join(folder, 'a.ohlol');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function opened(result: Result<ProjectFile>): ProjectFile {
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.value;
}

function codeOf(result: Result<ProjectFile>): string {
  if (!result.ok) return result.problems[0]!.code;
  closeProjectFile(result.value);
  return 'opened';
}

function draftIn(file: ProjectFile): Draft {
  const draft = readDraft(file.database, file.path);
  if (!draft.ok) throw new Error(draft.problems[0]!.message);
  return draft.value;
}

describe('migrations', () => {
  it('are numbered from 1 without a gap, and a new file is of the newest version', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
    const { database } = opened(createProjectFile(path, emptyDraft()));
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: newestVersion });
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    database.close();
  });
});

describe('a file that is refused', () => {
  beforeEach(() => closeProjectFile(opened(createProjectFile(path, emptyDraft()))));

  it('of a newer version stays as it was, byte for byte, and both versions are named', () => {
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA user_version = ${newestVersion + 3}`);
    database.close();
    const before = readFileSync(path);
    const refused = openProjectFile(path);
    expect(refused.ok ? null : refused.problems[0]!.details).toMatchObject({
      version: newestVersion + 3,
      known: newestVersion,
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is told apart: another program’s database, text, nothing', () => {
    const other = join(folder, 'other.db');
    const database = new DatabaseSync(other);
    database.exec('CREATE TABLE t (x)');
    database.close();
    const text = join(folder, 'text.ohlol');
    writeFileSync(text, 'hello '.repeat(1000));
    expect(codeOf(openProjectFile(other))).toBe('project-foreign');
    expect(codeOf(openProjectFile(text))).toBe('project-not-sqlite');
    expect(codeOf(openProjectFile(join(folder, 'gone.ohlol')))).toBe('project-missing');
    expect(codeOf(openProjectFile(folder))).toBe('project-not-a-file');
  });

  it('cut off anywhere is a problem, never a throw', () => {
    const whole = readFileSync(path);
    const cut = join(folder, 'cut.ohlol');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        writeFileSync(cut, whole.subarray(0, length));
        expect(codeOf(openProjectFile(cut))).toMatch(/^project-(damaged|foreign|not-sqlite)$/);
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe('the lock', () => {
  it('names the living process that has the file, and a dead one’s is taken over', async () => {
    const child = fork(join(import.meta.dirname, 'hold-project.ts'), [path], { execArgv: [] });
    await firstMessage(child);
    const refused = openProjectFile(path);
    expect(refused.ok ? null : refused.problems[0]).toMatchObject({
      code: 'project-locked',
      details: { pid: child.pid! },
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(codeOf(openProjectFile(path))).toBe('opened');
  });
});

describe('the history', () => {
  it('forgets what could be redone at a new change, and its label says what undo takes back', () => {
    const file = opened(createProjectFile(path, emptyDraft()));
    const first = commitEdit(file.database, draftIn(file), { kind: 'name', name: 'a' }, label);
    const back = commitUndo(file.database, first.draft)!;
    expect(readHistory(file.database)).toMatchObject({ revision: 2, undo: null, redo: label });
    const other = { key: 'edit_other', values: { n: 1 } };
    const next = commitEdit(file.database, back.draft, { kind: 'name', name: 'b' }, other);
    expect(next.history).toMatchObject({ revision: 3, undo: other, redo: null });
    expect(commitRedo(file.database, next.draft)).toBeNull();
    closeProjectFile(file);
  });
});

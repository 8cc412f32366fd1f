/** Every version that ever was opens in this one, its content whole, with a copy kept beside it. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { readLastCheckpoint, readLastWeights } from '../../../main/project/checkpoint-store.ts';
import { readDraft } from '../../../main/project/draft-store.ts';
import { commitRedo, commitUndo, readHistory } from '../../../main/project/history.ts';
import { inTransaction, migrations, newestVersion } from '../../../main/project/migrations.ts';
import { closeProjectFile, createProjectFile, openProjectFile } from '../../../main/project/project-file.ts';
import { readEpochs, readRun, readRuns } from '../../../main/project/run-store.ts';
import { valueIn } from '../lab/open-lab.ts';
import { helloDraft, integrityOf, permissionsBind, useFolder, withDatabase } from './project-folder.ts';

const folder = useFolder();
const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'projects');

const versionIn = (path: string) =>
  withDatabase(path, (database) => database.prepare('PRAGMA user_version').get()!.user_version);

/** Columns, constraints and comments of all tables. */
const tablesOf = (database: DatabaseSync) =>
  database.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all();

function openFixture(version: number) {
  const path = folder.path(`v${version}.ohlol`);
  copyFileSync(join(fixtures, `v${version}.ohlol`), path);
  return valueIn(openProjectFile(path));
}

it('are numbered without a gap, and a file of each version before the newest is kept', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 2));
  const kept = readdirSync(fixtures).filter((name) => name.endsWith('.ohlol'));
  expect(kept.sort()).toEqual(migrations.map(({ version }) => `v${version - 1}.ohlol`));
});

describe.each(migrations.map(({ version }) => version - 1))('a file of version %i', (version) => {
  it('is kept beside, then brought to the tables of a new file, and that is said', () => {
    const file = openFixture(version);
    const copy = folder.path(`v${version}.version-${version}.ohlol`);
    expect(file.readOnly).toBeNull();
    expect(file.warnings).toMatchObject([{ code: 'project-migrated', details: { version, copy } }]);
    expect(versionIn(copy)).toBe(version);
    expect(integrityOf(copy)).toBe('ok');
    const fresh = valueIn(createProjectFile(folder.path('new.ohlol'), helloDraft()));
    expect(tablesOf(file.database)).toEqual(tablesOf(fresh.database));
    expect(file.database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    closeProjectFile(fresh);
    closeProjectFile(file);
    expect(versionIn(file.path)).toBe(newestVersion);
    expect(integrityOf(file.path)).toBe('ok');
    // Once is enough.
    closeProjectFile(valueIn(openProjectFile(file.path)));
    expect(readdirSync(folder.path('.'))).toHaveLength(3);
  });

  it.skipIf(!permissionsBind)('is shown where it cannot be changed, and is not changed', () => {
    mkdirSync(folder.path('locked'));
    const path = folder.path('locked/old.ohlol');
    copyFileSync(join(fixtures, `v${version}.ohlol`), path);
    chmodSync(folder.path('locked'), 0o555);
    const file = valueIn(openProjectFile(path));
    expect(file.readOnly?.code).toBe('project-folder-read-only');
    expect(readRuns(file.database)).toHaveLength(2);
    closeProjectFile(file);
    expect(readFileSync(path).equals(readFileSync(join(fixtures, `v${version}.ohlol`)))).toBe(true);
    chmodSync(folder.path('locked'), 0o755);
  });
});

it.each([
  { version: 1, notes: '', revision: 6 },
  { version: 2, notes: 'the first', revision: 8 },
])('version $version has everything that was in it', ({ version, notes, revision }) => {
  const file = openFixture(version);
  const { database } = file;
  const draft = readDraft(database);
  expect(draft.name).toBe(`kept from version ${version}`);
  expect(draft.rows.map(({ id, input, note }) => [id, input, note])).toEqual([
    [2, 'olleh', 'n2'],
    [1, 'hello', ''],
    [3, 'hole', 'n3'],
  ]);
  expect(draft.training.epochs).toBe(50);
  expect(readHistory(database)).toMatchObject({
    revision,
    undo: { key: 'edit_name' },
    redo: { key: 'edit_text' },
  });
  const redone = inTransaction(database, () => commitRedo(database, draft))!;
  expect(redone.draft.data.text).toBe('a text that waits');
  expect(readRuns(database).map((run) => run.notes)).toEqual([notes, '']);
  let back = redone.draft;
  for (let step = 0; step < revision - 1; step++) {
    back = inTransaction(database, () => commitUndo(database, back))!.draft;
  }
  expect(back).toEqual(helloDraft());

  const [done, paused] = readRuns(database);
  expect(done).toMatchObject({
    name: helloDraft().name,
    notes: '',
    state: { status: 'finished' },
    epochs: 20,
  });
  expect(paused).toMatchObject({ state: { status: 'paused' }, epochs: 50 });
  expect(readEpochs(database, done!.id, 0, 100).map(({ epoch }) => epoch)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  const { experiment } = readRun(database, done!.id)!;
  expect(experiment.dataset).toMatchObject({
    samples: expect.arrayContaining([
      expect.objectContaining({ input: 'olleh' }),
      expect.objectContaining({ input: 'hello' }),
    ]),
  });
  expect(Object.keys(experiment).sort()).toEqual(
    ['dataset', 'format', 'initialWeights', 'model', 'name', 'training', 'version'].sort(),
  );
  expect(experiment.initialWeights).toBeNull();
  expect(readLastCheckpoint(database, paused!.id)!.epoch).toBe(1);
  expect(readLastWeights(database, done!.id)!.trained).toMatchObject({ epochs: 20 });
  closeProjectFile(file);
});

it('a file of version 2 whose tables take what is no bytes is refused, and not changed', () => {
  const path = folder.path('spoilt.ohlol');
  copyFileSync(join(fixtures, 'v2.ohlol'), path);
  withDatabase(path, (database) => {
    database.enableDefensive?.(false);
    database.exec(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'checkpoint';
      PRAGMA writable_schema = OFF`);
  });
  withDatabase(path, (database) => database.exec("UPDATE checkpoint SET weights = 'text'"));
  const before = readFileSync(path);
  const opened = openProjectFile(path);
  expect(opened).toMatchObject({ ok: false, problems: [{ code: 'project-altered' }] });
  expect(readFileSync(path).equals(before)).toBe(true);
});

it('a file of version 2 whose migration fails is not changed, and no copy of it is left', () => {
  const path = folder.path('damaged.ohlol');
  copyFileSync(join(fixtures, 'v2.ohlol'), path);
  withDatabase(path, (database) =>
    database.exec(`UPDATE draft SET value = '"no model"' WHERE part = 'model'`),
  );
  const before = readFileSync(path);
  const opened = openProjectFile(path);
  expect(opened).toMatchObject({ ok: false, problems: [{ code: 'project-damaged' }] });
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(folder.path('.'))).toEqual(['damaged.ohlol']);
});

/**
 * Every version that ever existed opens in the current one with its whole content, and a copy is kept
 * beside it.
 */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { readLastCheckpoint, readLastWeights } from '../../../main/project/checkpoint-store.ts';
import { readDraft } from '../../../main/project/draft-store.ts';
import { commitRedo, commitUndo, readHistory } from '../../../main/project/history.ts';
import { inTransaction, migrateTo, newestVersion, versions } from '../../../main/project/migrations.ts';
import { readSettings } from '../../../main/project/past-store.ts';
import { closeProjectFile, openProjectFile } from '../../../main/project/project-file.ts';
import { readEpochs, readRun, readRuns } from '../../../main/project/run-store.ts';
import { valueIn } from '../lab/open-lab.ts';
import { helloDraft, integrityOf, permissionsBind, useFolder, withDatabase } from './project-folder.ts';

const folder = useFolder();
const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'projects');

const project = join(import.meta.dirname, '..', '..', '..', 'main', 'project');
const stored = (version: number) => join(fixtures, `v${version}.ohlol`);

const versionIn = (path: string) =>
  withDatabase(path, (database) => database.prepare('PRAGMA user_version').get()!.user_version);

function openFixture(version: number) {
  const path = folder.path(`v${version}.ohlol`);
  copyFileSync(stored(version), path);
  return valueIn(openProjectFile(path));
}

/** The tables of a new file of that version, in memory. */
function tablesOf(version: number): DatabaseSync {
  const database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false });
  database.exec(versions[version - 1]!.schema);
  return database;
}

/**
 * The structure of a file's tables, the same whether they were created at once or by ALTER TABLE (which
 * leaves a different text): columns, keys, indexes, options and checks, and the texts of triggers and
 * views.
 */
function structureOf(database: DatabaseSync): unknown {
  const all = (sql: string, ...given: string[]) => database.prepare(sql).all(...given);
  const tables = all(`SELECT name, type, wr, strict FROM pragma_table_list
    WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name`);
  const others = all(
    `SELECT name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view', 'index') AND sql IS NOT NULL`,
  );
  const sqlOf = new Map(
    all('SELECT name, sql FROM sqlite_schema').map(({ name, sql }) => [name, String(sql)]),
  );
  return {
    tables: tables.map((table) => ({
      ...table,
      columns: all('SELECT * FROM pragma_table_xinfo(?)', String(table.name)).map(({ cid, ...rest }) => rest),
      keys: all(
        'SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list(?)',
        String(table.name),
      ),
      checks: checksIn(sqlOf.get(table.name)!).sort(),
    })),
    others: others.map(({ name, sql }) => [name, plain(String(sql))]).sort(),
  };
}

/** The SQL without comments and with white space as single spaces. */
const plain = (sql: string) =>
  sql
    .replace(/--[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

function checksIn(sql: string): string[] {
  const text = plain(sql);
  return [...text.matchAll(/CHECK \(/g)].map(({ index }) => {
    let depth = 0;
    let end = index + 'CHECK '.length;
    do {
      if (text[end] === '(') depth++;
      if (text[end] === ')') depth--;
      end++;
    } while (depth > 0);
    return text.slice(index, end);
  });
}

/** The contents of the versions' stored files, as far as they differ. */
const contents: Record<number, { notes: string; revision: number; shapesRuns: number }> = {
  1: { notes: '', revision: 6, shapesRuns: 0 },
  2: { notes: 'the first', revision: 8, shapesRuns: 0 },
  3: { notes: 'the first', revision: 10, shapesRuns: 1 },
  4: { notes: 'the first', revision: 10, shapesRuns: 1 },
  5: { notes: 'the first', revision: 10, shapesRuns: 1 },
};
const all = versions.map(({ version }) => version);
const older = all.slice(0, -1);

it('versions are numbered without a gap, and of each a file is kept and what must come out of it', () => {
  expect(all).toEqual(versions.map((_, index) => index + 1));
  const kept = readdirSync(fixtures).filter((name) => name.endsWith('.ohlol'));
  expect(kept.sort()).toEqual(all.map((version) => `v${version}.ohlol`).sort());
  expect(Object.keys(contents).map(Number)).toEqual(all);
});

describe.each(all)('version %i', (version) => {
  it('has a schema that makes the tables of its stored file, to the comma', () => {
    // The comments of version 1 were added later.
    const text = ({ name, sql }: Record<string, unknown>) => [name, plain(String(sql))];
    const textsOf = (database: DatabaseSync) =>
      database
        .prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
        .all()
        .map(text);
    expect(withDatabase(stored(version), textsOf)).toEqual(textsOf(tablesOf(version)));
    expect(versionIn(stored(version))).toBe(version);
  });
});

describe.each(older)('the step from version %i', (version) => {
  it('leads to the tables of the version after it, and no further', () => {
    const database = tablesOf(version);
    migrateTo(database, version, version + 1);
    expect(structureOf(database)).toEqual(structureOf(tablesOf(version + 1)));
  });

  it('knows the text of its own version alone, and no code that a later one will change', () => {
    const source = readFileSync(join(project, `to-version-${version + 1}.ts`), 'utf8');
    const imports = [...source.matchAll(/ from '([^']+)'/g)].map(([, from]) => from!).sort();
    const allowed = [
      ...['./json-cells.ts', './migration-parts.ts', 'node:crypto', 'node:sqlite'],
      `./schema-v${version + 1}.ts`,
    ];
    expect(imports.filter((from) => !allowed.includes(from))).toEqual([]);
    expect(imports).toContain(`./schema-v${version + 1}.ts`);
  });
});

it('the newest version opens as it is', () => {
  const file = openFixture(newestVersion);
  expect(file.warnings).toEqual([]);
  closeProjectFile(file);
  expect(readdirSync(folder.path('.'))).toEqual([`v${newestVersion}.ohlol`]);
});

describe.each(older)('a file of version %i', (version) => {
  it('is kept beside, then brought to the tables of a new file, and that is said', () => {
    const file = openFixture(version);
    const copy = folder.path(`v${version}.version-${version}.ohlol`);
    expect(file.readOnly).toBeNull();
    expect(file.warnings).toMatchObject([{ code: 'project-migrated', details: { version, copy } }]);
    expect(versionIn(copy)).toBe(version);
    expect(integrityOf(copy)).toBe('ok');
    expect(structureOf(file.database)).toEqual(structureOf(tablesOf(newestVersion)));
    expect(file.database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    closeProjectFile(file);
    expect(versionIn(file.path)).toBe(newestVersion);
    expect(integrityOf(file.path)).toBe('ok');
    // The file is migrated only once.
    closeProjectFile(valueIn(openProjectFile(file.path)));
    expect(readdirSync(folder.path('.'))).toHaveLength(2);
  });

  it.skipIf(!permissionsBind)('is shown where it cannot be changed, and is not changed', () => {
    mkdirSync(folder.path('locked'));
    const path = folder.path('locked/old.ohlol');
    copyFileSync(stored(version), path);
    chmodSync(folder.path('locked'), 0o555);
    const file = valueIn(openProjectFile(path));
    expect(file.readOnly?.code).toBe('project-folder-read-only');
    expect(readRuns(file.database)).toHaveLength(2 + contents[version]!.shapesRuns);
    closeProjectFile(file);
    expect(readFileSync(path).equals(readFileSync(stored(version)))).toBe(true);
    chmodSync(folder.path('locked'), 0o755);
  });
});

it('one whose tables hold what its version never wrote is damaged, and stays as it is', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  for (const [name, spoil] of [
    ['none', `UPDATE run SET experiment = '{}'`],
    ['no-json', `UPDATE run SET experiment = '{'`],
  ] as const) {
    const path = folder.path(`${name}.ohlol`);
    copyFileSync(stored(1), path);
    withDatabase(path, (database) => database.exec(spoil));
    const before = readFileSync(path);
    const opened = openProjectFile(path);
    expect(opened.ok ? [] : opened.problems.map(({ code }) => code)).toEqual(['project-damaged']);
    expect(readFileSync(path).equals(before)).toBe(true);
  }
  // Damage in a file is not reported as a defect of the lab.
  expect(said).not.toHaveBeenCalled();
  said.mockRestore();
});

it.each(all)('version %i has everything that was in it', (version) => {
  const { notes, revision, shapesRuns } = contents[version]!;
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
  expect(readRuns(database).map((run) => run.notes)).toEqual([notes, '', ...Array(shapesRuns).fill('')]);
  let back = redone.draft;
  while (readHistory(database).undo) back = inTransaction(database, () => commitUndo(database, back))!.draft;
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
  const reports = database.prepare('SELECT shapes FROM run WHERE shapes IS NOT NULL').all();
  expect(reports).toHaveLength(shapesRuns);
  for (const report of reports) expect(JSON.parse(String(report.shapes)).steps[0].tensors).not.toEqual([]);
  expect(readRuns(database).filter(({ kind }) => kind === 'shapes')).toHaveLength(shapesRuns);
  expect(done!.kind).toBe('training');
  const losses = readEpochs(database, done!.id, 0, 100).map(({ loss }) => loss);
  const [first, second] = [losses.slice(0, 16), losses.slice(16)];
  expect(
    database
      .prepare('SELECT first, loss_min, loss_max FROM curve WHERE run_id = ? AND size = 16')
      .all(Number(done!.id)),
  ).toEqual([
    { first: 1, loss_min: Math.min(...first), loss_max: Math.max(...first) },
    { first: 17, loss_min: Math.min(...second), loss_max: Math.max(...second) },
  ]);
  expect(readLastCheckpoint(database, paused!.id)!.epoch).toBe(1);
  expect(readLastWeights(database, done!.id)!.trained).toMatchObject({ epochs: 20 });
  closeProjectFile(file);
});

it('the learning rates that a run of version 4 was given while it trained are those of its epochs', () => {
  const path = folder.path('v4.ohlol');
  copyFileSync(stored(4), path);
  withDatabase(path, (database) => {
    database.exec(`UPDATE epoch SET lr = 0.1 WHERE run_id = 1 AND epoch BETWEEN 4 AND 9;
      UPDATE epoch SET lr = 0.3 WHERE run_id = 1 AND epoch > 9`);
  });
  const file = valueIn(openProjectFile(path));
  expect(readSettings(file.database, '1')).toEqual([
    { epoch: 3, batch: 0, settings: { lr: 0.1 } },
    { epoch: 9, batch: 0, settings: { lr: 0.3 } },
  ]);
  expect(readSettings(file.database, '2')).toEqual([]);
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

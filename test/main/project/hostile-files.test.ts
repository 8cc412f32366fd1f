/**
 * Malicious project files. Each gets a sentence, never a hang, and neither the file nor its neighbours are
 * changed.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { newestSchema, newestVersion, versions } from '../../../main/project/migrations.ts';
import {
  closeProjectFile,
  createProjectFile,
  findHolder,
  openProjectFile,
} from '../../../main/project/project-file.ts';
import { codesOf, valueIn } from '../lab/open-lab.ts';
import { closeOpener, openElsewhere } from './open-elsewhere.ts';
import { helloDraft, makeProject, useFolder, withDatabase } from './project-folder.ts';

const folder = useFolder();
const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'projects');
afterAll(closeOpener);

/** A statement that never finishes. */
const forEver = 'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';
const tables = (() => {
  const database = new DatabaseSync(':memory:');
  database.exec(newestSchema);
  const named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  const names = database.prepare(named).all();
  database.close();
  return names.map(({ name }) => String(name));
})();

function spoil(path: string, sql: string): void {
  withDatabase(path, (database) => {
    database.enableDefensive(false);
    database.exec(sql);
  });
}

function alterSchema(path: string, change: string, name: string): void {
  spoil(path, `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = ${change} WHERE name = '${name}'`);
}

function overwrite(path: string, at: number, bytes: number[]): void {
  const whole = readFileSync(path);
  whole.set(bytes, at);
  writeFileSync(path, whole);
}

/** The bytes of all files in the folder. */
function contents(): Map<string, string> {
  const names = readdirSync(folder.path('.'));
  return new Map(names.map((name) => [name, readFileSync(folder.path(name)).toString('base64')]));
}

/** The code and message of the refusal; checks that the folder is unchanged. */
async function refusal(path: string): Promise<{ code: string; message: string }> {
  const before = contents();
  const opened = await openElsewhere(path);
  if (opened.ok) throw new Error(`it was opened: ${JSON.stringify(opened.value)}`);
  expect(contents()).toEqual(before);
  const { code, message } = opened.problems[0]!;
  expect(message).toContain(path);
  // The message is a single line of reasonable length.
  expect(message).toMatch(/^[^\n]{20,400}$/);
  return { code, message };
}

describe('objects that no project has', () => {
  it.each(tables)('a trigger on %s', async (table) => {
    const path = makeProject(folder.path('a.ohlol'));
    const what = table === 'draft' || table === 'lock' || table === 'epoch' ? 'INSERT' : 'UPDATE';
    spoil(path, `CREATE TRIGGER hang BEFORE ${what} ON ${table} BEGIN ${forEver}; END`);
    expect(await refusal(path)).toMatchObject({
      code: 'project-altered',
      message: expect.stringContaining('it has a trigger "hang" that no project has'),
    });
  });

  it.each(['draft', 'lock', 'run', 'change'])('a view in the place of %s', async (table) => {
    const path = makeProject(folder.path('a.ohlol'));
    spoil(
      path,
      `PRAGMA legacy_alter_table = ON; ALTER TABLE ${table} RENAME TO old_${table};
       CREATE VIEW ${table} AS SELECT * FROM old_${table} WHERE (${forEver}) > 0`,
    );
    expect((await refusal(path)).code).toBe('project-altered');
    expect(findHolder(path)).toBeNull();
  });

  it.each([
    ['a view of another name', `CREATE VIEW v AS ${forEver}`],
    ['a table', 'CREATE TABLE t (x)'],
    ['an index on an expression', "CREATE INDEX i ON sample (length(input) || 'x')"],
    ['an index on some rows', "CREATE INDEX i ON sample (place) WHERE note <> ''"],
    ['a virtual table', 'CREATE VIRTUAL TABLE f USING fts5 (x)'],
    ['statistics', 'ANALYZE'],
    ['a computed column', 'ALTER TABLE sample ADD COLUMN x INTEGER AS (length(input))'],
    ['a column with a default', 'ALTER TABLE draft ADD COLUMN x INTEGER DEFAULT (1)'],
    [
      'a trigger of ours on another table',
      'DROP TRIGGER run_gone; CREATE TRIGGER run_gone AFTER DELETE ON sample BEGIN UPDATE blob SET kept = 0 WHERE id = OLD.id; END',
    ],
    ['a name with control characters', 'CREATE TABLE "x\u001b[2J\u0007" (x)'],
  ])('%s', async (_, sql) => {
    const path = makeProject(folder.path('a.ohlol'));
    spoil(path, sql);
    const { code, message } = await refusal(path);
    expect(code).toBe('project-altered');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through.
    expect(message).not.toMatch(/[\u0000-\u001f]/);
  });

  it.each([
    ['a check', 'sample', `replace(sql, 'IN (''train''', 'IN ((${forEver}), ''train''')`],
    ['a default', 'run', "replace(sql, 'DEFAULT ''''', 'DEFAULT (randomblob(900000000))')"],
    ['a trigger’s body', 'run_gone', "replace(sql, 'SET kept = 0', 'SET kept = 1')"],
    ['a table that is not strict', 'blob', "replace(sql, ') STRICT', ')')"],
    ['a collation', 'draft', "replace(sql, 'part  TEXT', 'part  TEXT COLLATE NOCASE')"],
    ['an index that is unique', 'sample_place', "replace(sql, 'CREATE INDEX', 'CREATE UNIQUE INDEX')"],
    [
      'what only looks like a comment',
      'sample',
      "replace(sql, 'note   TEXT NOT NULL', 'note TEXT NOT NULL, \"--\" TEXT')",
    ],
  ])('%s that was changed', async (_, name, change) => {
    const path = makeProject(folder.path('a.ohlol'));
    alterSchema(path, change, name);
    expect((await refusal(path)).code).toMatch(/^project-(altered|damaged)$/);
  });

  it('a trigger on a file that would be migrated', async () => {
    for (const { version } of versions.slice(0, -1)) {
      const path = folder.path(`v${version}.ohlol`);
      copyFileSync(join(fixtures, `v${version}.ohlol`), path);
      spoil(path, `CREATE TRIGGER hang AFTER DELETE ON lock BEGIN ${forEver}; END`);
      expect((await refusal(path)).code).toBe('project-altered');
    }
  });

  it('those of another version', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    spoil(path, 'PRAGMA user_version = 2');
    expect((await refusal(path)).code).toBe('project-altered');
    spoil(path, 'PRAGMA user_version = 0');
    expect((await refusal(path)).code).toBe('project-damaged');
  });

  it('a hundred thousand tables', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    spoil(
      path,
      `PRAGMA writable_schema = ON;
       WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000)
       INSERT INTO sqlite_schema SELECT 'table', 't' || x, 't' || x, 2, 'CREATE TABLE t' || x || ' (x)' FROM c`,
    );
    expect(await refusal(path)).toMatchObject({
      code: 'project-damaged',
      message: expect.stringContaining('its schema takes more than'),
    });
  });
});

describe('of a newer version', () => {
  const newer = newestVersion + 1;

  it('with more in it, it is looked at', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    spoil(
      path,
      `ALTER TABLE run ADD COLUMN more TEXT; CREATE TABLE lesson (x); PRAGMA user_version = ${newer}`,
    );
    expect(await openElsewhere(path)).toMatchObject({ ok: true, value: { readOnly: 'project-newer' } });
  });

  it.each([
    ['a view in the place of a table', `DROP TABLE frozen; CREATE VIEW frozen AS ${forEver}`],
    ['a computed column', `ALTER TABLE run ADD COLUMN x INTEGER AS (length(name))`],
    ['a virtual table', 'CREATE VIRTUAL TABLE f USING fts5 (x)'],
  ])('%s is refused', async (_, sql) => {
    const path = makeProject(folder.path('a.ohlol'));
    spoil(path, `PRAGMA legacy_alter_table = ON; ${sql}; PRAGMA user_version = ${newer}`);
    const opened = await openElsewhere(path);
    expect(opened.ok).toBe(false);
    expect(opened.ok ? [] : opened.problems.map(({ code }) => code)).toEqual(['project-altered']);
  });
});

describe('bytes that were laid by hand', () => {
  it.each([
    ['pages of 3 bytes', 16, [0, 3], 'project-damaged'],
    ['pages of no bytes', 16, [0, 0], 'project-damaged'],
    ['pages larger than the file', 16, [0, 1], 'project-damaged'],
    ['texts in UTF-16', 56, [0, 0, 0, 2], 'project-damaged'],
    ['a write-ahead log', 18, [2, 2], 'project-damaged'],
    ['another program’s mark', 68, [1, 2, 3, 4], 'project-foreign'],
    ['a freelist that leads out of the file', 32, [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 9], 'project-damaged'],
    ['a freelist that leads to the schema', 32, [0, 0, 0, 1, 0, 0, 0, 9], 'project-damaged'],
  ])('%s', async (_, at, bytes, code) => {
    const path = makeProject(folder.path('a.ohlol'));
    overwrite(path, at, bytes);
    expect((await refusal(path)).code).toBe(code);
  });

  it('a database of another program with our mark', async () => {
    const path = folder.path('a.ohlol');
    withDatabase(path, (database) => {
      database.exec(
        `PRAGMA application_id = 0x4f686c6f; PRAGMA user_version = ${newestVersion}; CREATE TABLE t (x)`,
      );
    });
    expect((await refusal(path)).code).toBe('project-altered');
  });

  it('a database in UTF-16 with our tables', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    const schema = withDatabase(path, (database) =>
      database
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        .all(),
    );
    const other = folder.path('b.ohlol');
    withDatabase(other, (database) => {
      database.exec("PRAGMA encoding = 'UTF-16le'");
      for (const { sql } of schema) database.exec(String(sql));
      database.exec(`PRAGMA application_id = 0x4f686c6f; PRAGMA user_version = ${newestVersion}`);
    });
    expect((await refusal(other)).message).toContain('not UTF-8');
  });

  it('a schema whose pages lead to one another without end', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    const whole = readFileSync(path);
    // Page 1 becomes an interior page whose thousand cells all lead to page 2, which leads back in the same
    // way.
    for (const [page, child] of [
      [1, 2],
      [2, 2],
    ] as const) {
      const from = (page - 1) * 4096;
      const start = from + (page === 1 ? 100 : 0);
      const cells = 600;
      whole[start] = 5;
      whole.writeUInt16BE(0, start + 1);
      whole.writeUInt16BE(cells, start + 3);
      whole.writeUInt16BE(4000, start + 5);
      whole.writeUInt32BE(child, start + 8);
      for (let cell = 0; cell < cells; cell++) whole.writeUInt16BE(4080, start + 12 + 2 * cell);
      whole.writeUInt32BE(child, from + 4080);
      whole[from + 4084] = 1;
    }
    writeFileSync(path, whole);
    expect((await refusal(path)).message).toContain('its schema');
  });

  it('a text of a gigabyte in the schema', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    alterSchema(path, "sql || printf('/*%*c', 400000, 'x')", 'lock');
    expect((await refusal(path)).message).toContain('bytes');
  });
});

describe('what lies beside a file', () => {
  it('a write-ahead log, whose pages would take the place of its own', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    writeFileSync(`${path}-wal`, Buffer.alloc(4096, 7));
    expect(await refusal(path)).toMatchObject({
      code: 'project-has-log',
      message: expect.stringContaining('a.ohlol-wal'),
    });
  });

  it.skipIf(process.platform === 'win32')('a pipe in the place of its journal, or of itself', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    execFileSync('mkfifo', [`${path}-journal`, folder.path('b.ohlol')]);
    for (const [opened, code] of [
      [path, 'project-has-log'],
      [folder.path('b.ohlol'), 'project-not-a-file'],
    ] as const) {
      const result = await openElsewhere(opened);
      expect(result.ok ? [] : result.problems.map((problem) => problem.code)).toEqual([code]);
    }
  });

  /** The bytes of a journal that takes a file back to what it was before this change. */
  function journalOf(path: string, change: string): { journal: Buffer; after: Buffer } {
    const database = new DatabaseSync(path);
    database.enableDefensive(false);
    // The change spills into the file before it is committed, with its journal beside it.
    database.exec('PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE');
    database.exec(change);
    database.exec('CREATE TEMP TABLE filler (x)');
    for (let i = 0; i < 40; i++) {
      database.exec(
        'INSERT INTO frozen (sha256, value) VALUES (hex(randomblob(32)), hex(randomblob(20000)))',
      );
    }
    const journal = readFileSync(`${path}-journal`);
    const after = readFileSync(path);
    database.exec('ROLLBACK');
    database.close();
    return { journal, after };
  }

  it('a journal that brings a trigger back, and the file stays as it was', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    spoil(path, `CREATE TRIGGER hang AFTER UPDATE ON draft BEGIN ${forEver}; END`);
    const { journal, after } = journalOf(path, 'DROP TRIGGER hang');
    writeFileSync(path, after);
    writeFileSync(`${path}-journal`, journal);
    expect((await refusal(path)).code).toBe('project-altered');
    expect(existsSync(`${path}-journal`)).toBe(true);
  });

  it('a journal of ours that a crash has left is rolled back', () => {
    const path = makeProject(folder.path('a.ohlol'));
    const { journal, after } = journalOf(path, "UPDATE draft SET value = '\"half\"' WHERE part = 'name'");
    writeFileSync(path, after);
    writeFileSync(`${path}-journal`, journal);
    const file = valueIn(openProjectFile(path));
    expect(file.draft.name).toBe(helloDraft().name);
    closeProjectFile(file);
    expect(existsSync(`${path}-journal`)).toBe(false);
  });
});

describe('numbers and bytes that are too much', () => {
  it('a row of another kind in the list of sequences does no harm to what is read', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    spoil(
      path,
      "DELETE FROM sqlite_sequence; INSERT INTO sqlite_sequence VALUES ('run', 'text'), (NULL, x'00'), ('run', 9223372036854775807)",
    );
    const opened = await openElsewhere(path);
    expect(opened.ok || opened.problems[0]!.code).toBeTruthy();
  });

  it('a number beyond 2^53 is damage with a sentence', async () => {
    const path = makeProject(folder.path('a.ohlol'));
    spoil(path, 'UPDATE sample SET id = 9223372036854775807 WHERE id = (SELECT min(id) FROM sample)');
    expect((await refusal(path)).code).toBe('project-damaged');
  });
});

it('a project whose file is ours opens as before, and refuses to be attached to', () => {
  const path = folder.path("a'; ATTACH 'x.ohlol' AS lock; --.ohlol");
  closeProjectFile(valueIn(createProjectFile(path, helloDraft())));
  closeProjectFile(valueIn(openProjectFile(path)));
  expect(existsSync(folder.path('x.ohlol'))).toBe(false);
  rmSync(path);
  expect(codesOf(openProjectFile(path))).toEqual(['project-missing']);
});

/**
 * The tables, indexes, triggers and views that a project file of each version may have: as a new file has them or as
 * migrations leave them, and nothing else. SQLite executes what a file's schema says (triggers, views, defaults,
 * checks, generated columns), and none of its statements can be interrupted.
 */
import { DatabaseSync } from 'node:sqlite';
import { LabError, problem } from '../../engine/errors.ts';
import { damaged } from './json-cells.ts';
import { migrateTo, newestVersion, versions } from './migrations.ts';

interface SchemaObject {
  type: string;
  name: string;
  /** The object's table and its SQL, in a form for comparison. */
  text: string;
}

/** All texts that an object may have, by `type name`. */
type KnownObjects = ReadonlyMap<string, ReadonlySet<string>>;

const known = new Map<number, KnownObjects>();

/**
 * The known objects of a version, found by making such files in memory, because an ALTER TABLE in a migration leaves
 * other text than a new table has.
 */
export function objectsOf(version: number): KnownObjects {
  const made = known.get(version);
  if (made) return made;
  const objects = new Map<string, Set<string>>();
  for (const { version: from, schema } of versions.slice(0, version)) {
    const database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false });
    database.exec(schema);
    migrateTo(database, from, version);
    for (const { type, name, text } of readObjects(database)) {
      const key = `${type} ${name}`;
      objects.set(key, (objects.get(key) ?? new Set()).add(text));
    }
    database.close();
  }
  known.set(version, objects);
  return objects;
}

/**
 * Checks a file's schema before any other statement on it. Throws a LabError if an object is one that no project has,
 * differs from what Ohlol makes, or is missing. For a newer version it checks only that the tables this version reads
 * exist and are plain tables.
 */
export function checkObjects(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()!.user_version);
  const objects = readObjects(database);
  if (version < 1) throw damaged('its version', `it is ${version}`);
  if (version > newestVersion) {
    checkNewerObjects(database, objects);
    return;
  }
  const expected = objectsOf(version);
  for (const { type, name, text } of objects) {
    const allowed = expected.get(`${type} ${name}`);
    if (!allowed) throw altered(type, name, 'that no project has');
    if (!allowed.has(text)) throw altered(type, name, 'that is not as Ohlol makes it');
  }
  const has = new Set(objects.map(({ type, name }) => `${type} ${name}`));
  for (const key of expected.keys()) if (!has.has(key)) throw damaged(key, 'it is not there');
}

function checkNewerObjects(database: DatabaseSync, objects: SchemaObject[]): void {
  const tables = [...objectsOf(newestVersion).keys()].filter((key) => key.startsWith('table '));
  for (const key of tables) {
    const name = key.slice('table '.length);
    const found = objects.find((object) => object.name === name);
    if (!found) throw damaged(key, 'it is not there');
    if (found.type !== 'table') throw altered(found.type, name, 'in place of a table');
  }
  const kinds = database.prepare("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").all();
  for (const { name, type } of kinds) {
    if (type === 'virtual' || type === 'shadow')
      throw altered('virtual table', String(name), 'of no project');
  }
  for (const key of tables) {
    const name = key.slice('table '.length);
    const hidden = database.prepare('SELECT name FROM pragma_table_xinfo(?) WHERE hidden > 0').get(name);
    if (hidden) throw altered('table', name, `whose column ${shown(hidden.name)} is computed`);
  }
}

function readObjects(database: DatabaseSync): SchemaObject[] {
  const rows = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid').all();
  return rows.map(({ type, name, tbl_name: table, sql }) => ({
    type: String(type),
    name: String(name),
    text: JSON.stringify([table, typeof sql === 'string' ? tokensOf(sql) : sql]),
  }));
}

/**
 * Splits SQL as SQLite's tokenizer does, without comments and white space. A finer split than SQLite's only makes the
 * comparison stricter.
 */
function tokensOf(sql: string): string[] {
  const tokens =
    sql.match(
      /--[^\n]*|\/\*.*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$\u0080-\u{10ffff}]+|[ \t\n\f\r]+|./gsu,
    ) ?? [];
  return tokens.filter((token) => !/^(?:--|\/\*|[ \t\n\f\r])/.test(token));
}

function altered(kind: string, name: string, how: string): LabError {
  const values = { kind: kind.slice(0, 20), object: shown(name) };
  const message = `it has a ${values.kind} ${values.object} ${how}; another program has changed the file, and it is not opened`;
  return new LabError(problem('project-altered', '', message, values));
}

/** Makes a name chosen by another program fit to appear in a sentence. */
const shown = (name: unknown) => JSON.stringify(String(name).slice(0, 60));

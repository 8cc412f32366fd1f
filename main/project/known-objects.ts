/**
 * What may stand in a project file of each version: its tables, indexes, triggers and views, as a new file has them or
 * as migrations have left them, and nothing else. SQLite runs what a file's schema says (triggers, views, defaults,
 * checks, generated columns), and no statement of it can be interrupted.
 */
import { DatabaseSync } from 'node:sqlite';
import { LabError, problem } from '../../engine/errors.ts';
import { damaged } from './json-cells.ts';
import { migrateTo, newestVersion, versions } from './migrations.ts';

interface SchemaObject {
  type: string;
  name: string;
  /** Its table and its SQL in the form that is compared. */
  text: string;
}

/** By `type name`, all the texts that it may have. */
type KnownObjects = ReadonlyMap<string, ReadonlySet<string>>;

const known = new Map<number, KnownObjects>();

/** Made by making such files in memory: what an ALTER TABLE of a migration leaves is other text than a new table's. */
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
 * Before any other statement on a file: throws a LabError where something is in it that no project has, is other than
 * projects have it, or lacks. Of a newer version only what this one reads is known: that it is tables, and they are
 * plain ones.
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

/** As SQLite's own tokenizer sees it, less comments and white space; where that is finer than SQLite's, only stricter. */
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

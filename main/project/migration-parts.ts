/** Helpers for migration steps. They know no version: each step passes all that they work on. */
import { DatabaseSync } from 'node:sqlite';

/** Renames tables to `old_…`. References to them keep the old names, and so refer to the tables that replace them. */
export function moveAside(database: DatabaseSync, tables: readonly string[]): void {
  database.exec('PRAGMA legacy_alter_table = ON');
  for (const table of tables) database.exec(`ALTER TABLE ${table} RENAME TO old_${table}`);
  database.exec('PRAGMA legacy_alter_table = OFF');
}

/** Drops the tables moved aside, with their indexes and triggers. */
export function dropOld(database: DatabaseSync, tables: readonly string[]): void {
  for (const table of tables) database.exec(`DROP TABLE old_${table}`);
}

/** Creates those tables, indexes, triggers and views of a schema that are missing. */
export function makeLacking(database: DatabaseSync, schema: string): void {
  const known = 'SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid';
  const has = new Set(
    database
      .prepare(known)
      .all()
      .map(({ name }) => name),
  );
  const whole = new DatabaseSync(':memory:');
  whole.exec(schema);
  const lacking = whole
    .prepare(known)
    .all()
    .filter(({ name }) => !has.has(name!));
  whole.close();
  for (const { sql } of lacking) database.exec(String(sql));
}

/** The names of a table's columns, in order. */
export const namesOf = (database: DatabaseSync, table: string): string[] =>
  database
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name));

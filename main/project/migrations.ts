/** The one list of the project file's versions, and the steps from each to the next. */
import type { DatabaseSync } from 'node:sqlite';
import { applicationId } from './file-header.ts';
import { isSqliteError, resultCode } from './file-problems.ts';
import { damaged } from './json-cells.ts';
import { schemaOfVersion1 } from './schema-v1.ts';
import { schemaOfVersion2 } from './schema-v2.ts';
import { schemaOfVersion3 } from './schema-v3.ts';
import { schemaOfVersion4 } from './schema-v4.ts';
import { schemaOfVersion5 } from './schema-v5.ts';
import { toVersion2 } from './to-version-2.ts';
import { toVersion3 } from './to-version-3.ts';
import { toVersion4 } from './to-version-4.ts';
import { toVersion5 } from './to-version-5.ts';

interface Version {
  /** Version number, from 1 without gaps. */
  version: number;
  /** What changed, for a person who reads the list. */
  story: string;
  /** The schema of new files of this version. It must never change, because files have it and migrations lead to it. */
  schema: string;
  /** Migrates a file of the previous version to the tables of this one, and never to newer ones. */
  reach: (database: DatabaseSync) => void;
}

/** Each version has a stored file and a test of its migration (test/main/project/migrations.test.ts). */
export const versions: readonly Version[] = [
  { version: 1, story: 'The first.', schema: schemaOfVersion1, reach: () => {} },
  {
    version: 2,
    story:
      'Runs have names, notes and can be deleted; their datasets are kept once; the text stands by itself.',
    schema: schemaOfVersion2,
    reach: toVersion2,
  },
  {
    version: 3,
    story: 'The bytes of checkpoints and initial weights stand in parts.',
    schema: schemaOfVersion3,
    reach: toVersion3,
  },
  {
    version: 4,
    story:
      'Runs say their kind, may branch from others, belong to a sweep, have tags and a colour; their curves have extremes.',
    schema: schemaOfVersion4,
    reach: toVersion4,
  },
  {
    version: 5,
    story:
      'Settings that were changed while a run trained have their places, so that its epochs can be replayed.',
    schema: schemaOfVersion5,
    reach: toVersion5,
  },
];

const newest = versions.at(-1)!;
export const newestVersion = newest.version;
export const newestSchema = newest.schema;

/** Creates the tables of a new, empty file. Runs in the caller's transaction. */
export function makeTables(database: DatabaseSync): void {
  database.exec(newestSchema);
  database.exec(`PRAGMA application_id = ${applicationId}`);
  database.exec(`PRAGMA user_version = ${newestVersion}`);
}

/** Migrates a file of an older version to the newest. Runs in the caller's transaction; foreign keys must be off. */
export function migrate(database: DatabaseSync): void {
  // The version is read inside the transaction, because another process may have migrated the file meanwhile.
  const from = Number(database.prepare('PRAGMA user_version').get()!.user_version);
  if (from >= newestVersion) return;
  try {
    migrateTo(database, from, newestVersion);
  } catch (error) {
    throw isOfContents(error)
      ? damaged(`the tables of version ${from}`, 'they hold what it never wrote')
      : error;
  }
  database.exec(`PRAGMA user_version = ${newestVersion}`);
}

/**
 * Whether an error is due to the file's contents: a value that a step cannot read (no JSON, SQLITE_ERROR) or that a
 * table refuses (a constraint, another type).
 */
function isOfContents(error: unknown): boolean {
  return isSqliteError(error) && [1, 19, 20].includes(resultCode(error));
}

/** Runs the steps from one version's tables to another's, without setting the version. */
export function migrateTo(database: DatabaseSync, from: number, to: number): void {
  for (const { version, reach } of versions) if (version > from && version <= to) reach(database);
}

/** Runs work in one transaction: committed when it returns, rolled back when it throws. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

import type { DatabaseSync } from 'node:sqlite';
import { applicationId, schemaVersion1 } from './schema.ts';

export interface Migration {
  /** The version that it leads to; numbered without gaps from 1. */
  version: number;
  /** What a person who reads the list wants to know. */
  story: string;
  run(database: DatabaseSync): void;
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    story: 'The first: draft, samples, changes, runs, epochs, checkpoints, lock.',
    run: (database) => database.exec(schemaVersion1),
  },
];

export const newestVersion = migrations.length;

export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()!.user_version);
}

export function applicationIdOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA application_id').get()!.application_id);
}

/** Brings a file to the newest version, all or nothing. */
export function migrate(database: DatabaseSync): void {
  const from = versionOf(database);
  if (from === newestVersion) return;
  inTransaction(database, () => {
    for (const migration of migrations.slice(from)) migration.run(database);
    database.exec(`PRAGMA application_id = ${applicationId}`);
    database.exec(`PRAGMA user_version = ${newestVersion}`);
  });
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

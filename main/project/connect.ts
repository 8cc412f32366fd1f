/** The one way to open a SQLite file: nothing in it may run, whoever made it. */
import { DatabaseSync } from 'node:sqlite';

/** Another program may be in the middle of a commit for so long. */
const busyTimeoutMs = 2000;

/**
 * A connection for which the file is data alone (sqlite.org/security.html): no extension is loaded, its schema may
 * call no function that has an effect, nothing can write to the file but through its tables, cells are checked before
 * they are believed, and a disk that fails is an error instead of a signal (no memory map). Foreign keys are off, for
 * a migration rebuilds tables that others refer to. Nothing of the file has been read yet.
 */
export function connect(path: string, { readOnly }: { readOnly: boolean }): DatabaseSync {
  const database = new DatabaseSync(path, {
    readOnly,
    timeout: busyTimeoutMs,
    enableForeignKeyConstraints: false,
    enableDoubleQuotedStringLiterals: false,
    allowExtension: false,
    defensive: true,
  });
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0');
  return database;
}

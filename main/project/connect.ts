/** The one way to open a SQLite file: nothing in the file may run, whoever made it. */
import { DatabaseSync } from 'node:sqlite';

/** How long to wait while another program is committing. */
const busyTimeoutMs = 2000;

/**
 * Opens a connection that treats the file as data alone (sqlite.org/security.html): no extension is loaded, the schema
 * may call no function that has an effect, only its tables can be written, cells are checked before they are used, and
 * a failing disk is an error instead of a signal (no memory map). Foreign keys are off, because migrations rebuild
 * tables that others refer to. Opening reads nothing of the file.
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

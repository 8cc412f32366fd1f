/**
 * Reads once everything that opening a project will read, in a process that can be stopped (checker-process.ts). A file
 * can be made so that a single statement never ends, and no statement can be interrupted from within.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Result, success } from '../../engine/errors.ts';
import { inspectFile } from './inspect-file.ts';
import { damaged } from './json-cells.ts';
import { newestVersion } from './migrations.ts';
import { damagedPages, readContents } from './project-file.ts';

/** More rows than any lab writes. Files with more are refused, because reading them could exhaust the memory. */
const mostRows = { draft: 100, lock: 1, sample: 10_000_000, change: 100_000, run: 1_000_000 };
/** A draft at all its limits has a tenth of this. */
const mostTextBytes = 256 * 1024 * 1024;

/** Checks a file; fails with the problem for which it must not be opened. */
export function checkFile(path: string): Result<null> {
  const inspected = inspectFile(path, checkContents);
  return inspected.ok ? success(null) : inspected;
}

function checkContents(database: DatabaseSync, version: number): void {
  const [page] = database.prepare('PRAGMA quick_check(1)').all();
  if (page?.quick_check !== 'ok') throw damagedPages(String(page?.quick_check));
  for (const [table, most] of Object.entries(mostRows)) {
    const { rows } = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number };
    if (rows > most) throw damaged(`table ${table}`, `it has ${rows} rows; at most ${most} are written`);
  }
  const { bytes } = database.prepare('SELECT sum(octet_length(value)) AS bytes FROM draft').get() as {
    bytes: number | null;
  };
  if (Number(bytes) > mostTextBytes) {
    throw damaged('table draft', `it has ${bytes} bytes; at most ${mostTextBytes} are written`);
  }
  // The contents of an older file are read once it has been migrated.
  if (version >= newestVersion) readContents(database, []);
}

import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  beginBlob,
  insertBlob,
  insertPart,
  keepBlob,
  partBytes,
  readBlob,
  removeWaste,
} from '../../../main/project/blob-store.ts';
import { newestSchema } from '../../../main/project/migrations.ts';

let database: DatabaseSync;

beforeEach(() => {
  database = new DatabaseSync(':memory:');
  database.exec(newestSchema);
});

afterEach(() => database.close());

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 31) % 251);
const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n;

it('bytes come back as they went in, whatever their length', () => {
  const lengths = fc.constantFrom(0, 1, partBytes - 1, partBytes, partBytes + 1, 2 * partBytes, 2_500_000);
  fc.assert(
    fc.property(lengths, (length) => {
      const bytes = bytesOf(length);
      expect(Buffer.compare(readBlob(database, insertBlob(database, bytes)), bytes)).toBe(0);
    }),
    { numRuns: 12, seed: 1 },
  );
});

it('bytes that are not whole are damage, said with their place', () => {
  const id = insertBlob(database, bytesOf(3 * partBytes));
  database.prepare('DELETE FROM blob_part WHERE blob_id = ? AND part = 1').run(id);
  expect(() => readBlob(database, id)).toThrow(
    `damaged in blob ${id} (it has ${2 * partBytes} bytes of ${3 * partBytes})`,
  );
  // The size in the file is checked before memory is allocated for it.
  database.prepare('UPDATE blob SET bytes = 9007199254740991 WHERE id = ?').run(id);
  expect(() => readBlob(database, id)).toThrow(`damaged in blob ${id} (it has`);
  const other = insertBlob(database, bytesOf(10));
  database.prepare("UPDATE blob_part SET bytes = x'0011223344556677889900' WHERE blob_id = ?").run(other);
  expect(() => readBlob(database, other)).toThrow(`damaged in blob ${other} (it has 11 bytes of 10)`);
});

it('waste goes a few parts at a time, never what is kept or being written', () => {
  const bytes = bytesOf(5 * partBytes);
  const kept = insertBlob(database, bytes);
  const waste = beginBlob(database, bytes.length);
  const beingWritten = beginBlob(database, bytes.length);
  for (let part = 0; part < 5; part++) {
    insertPart(database, waste, part, bytes);
    insertPart(database, beingWritten, part, bytes);
  }
  const left: unknown[] = [];
  for (let round = 0; round < 4; round++) {
    removeWaste(database, new Set([beingWritten]), 2);
    left.push(count('blob_part'));
  }
  expect(left).toEqual([13, 11, 10, 10]);
  expect(count('blob')).toBe(2);
  keepBlob(database, beingWritten);
  removeWaste(database);
  for (const id of [kept, beingWritten]) expect(Buffer.compare(readBlob(database, id), bytes)).toBe(0);
});

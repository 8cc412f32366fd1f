import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { fuzzProjects, openSpoilt, spoilingNames } from './fuzz.ts';

const ofEach = 12;

it(`spoilt project files get a sentence or open, and none is written over (${ofEach} of each kind; 2,000 files in npm run test:crash)`, async () => {
  const { refused, opened, kinds } = await fuzzProjects(1, ofEach * spoilingNames.length);
  expect(refused + opened).toBe(ofEach * spoilingNames.length);
  for (const kind of spoilingNames) expect(kinds[kind].refused + kinds[kind].opened).toBe(ofEach);
  // For the other kinds the outcome depends on what the corrupted place holds.
  const never = ['cut', 'bytes behind its end', 'no table', 'a column more'] as const;
  for (const kind of never) expect([kind, kinds[kind]]).toEqual([kind, { refused: ofEach, opened: 0 }]);
}, 300_000);

const pageBytes = 4096;

function bytes(change: (bytes: Buffer) => Buffer): (path: string) => void {
  return (path) => writeFileSync(path, change(readFileSync(path)));
}

function by(sql: string): (path: string) => void {
  return (path) => {
    const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    database.exec(`PRAGMA ignore_check_constraints = ON; ${sql}`);
    database.close();
  };
}

const cases: [string, (path: string) => void, string | null][] = [
  ['as it was', () => {}, null],
  ['without bytes', bytes(() => Buffer.alloc(0)), 'project-not-sqlite'],
  ['cut in its header', bytes((all) => all.subarray(0, 50)), 'project-damaged'],
  ['cut in the middle', bytes((all) => all.subarray(0, all.length / 2)), 'project-damaged'],
  ['cut by a byte', bytes((all) => all.subarray(0, -1)), 'project-damaged'],
  ['longer by a byte', bytes((all) => Buffer.concat([all, Buffer.alloc(1)])), 'project-damaged'],
  ['longer by a page', bytes((all) => Buffer.concat([all, Buffer.alloc(pageBytes)])), null],
  ['with an empty first page', bytes((all) => all.fill(0, 0, pageBytes)), 'project-not-sqlite'],
  ['with an empty second page', bytes((all) => all.fill(0, pageBytes, 2 * pageBytes)), 'project-damaged'],
  ['of another program', by('PRAGMA application_id = 1'), 'project-foreign'],
  ['of a version before the first', by('PRAGMA user_version = 0'), 'project-damaged'],
  ['without its epochs table', by('DROP TABLE epoch'), 'project-damaged'],
  ['with a column more', by('ALTER TABLE run ADD COLUMN extra TEXT'), 'project-altered'],
  ['with a table more', by('CREATE TABLE extra (x)'), 'project-altered'],
  ['without a draft', by('DELETE FROM draft'), 'project-damaged'],
  ['with a draft that is no JSON', by("UPDATE draft SET value = 'no JSON'"), 'project-damaged'],
  ['with a draft of nulls', by("UPDATE draft SET value = 'null'"), 'project-damaged'],
  ['without samples', by('DELETE FROM sample'), null],
  ['without history', by('DELETE FROM change'), null],
  ['without runs', by('DELETE FROM run'), null],
  ['without epochs', by('DELETE FROM epoch'), null],
  ['without the data of its runs', by('DELETE FROM frozen'), null],
  ['with runs of no state', by("UPDATE run SET state = 'no JSON'"), null],
];

it('a spoilt project file is refused for what it has', async () => {
  const found = await openSpoilt(cases.map(([, spoil]) => spoil));
  expect(found.map((code, index) => [cases[index]![0], code])).toEqual(
    cases.map(([name, , code]) => [name, code]),
  );
}, 300_000);

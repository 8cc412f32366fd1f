/**
 * Corrupted project files: bytes changed at random, pieces missing, cells that hold something else. Each
 * file is opened and used as a window would. The result is a sentence or a project, never a throw, and a
 * file that is refused is left unchanged.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Result } from '../../engine/errors.ts';

import { forkEngine } from '../../main/engine-process/fork-node.ts';
import type { Lab } from '../../main/lab/host.ts';
import { createLocalLab } from '../../main/lab/lab.ts';
import { checkerEntry } from '../../main/paths.ts';
import { closeProjectFile, openProjectFile } from '../../main/project/project-file.ts';
import { seededNumbers, valueIn } from './user.ts';

const fixture = join(import.meta.dirname, '..', 'fixtures', 'projects', 'v1.ohlol');

export interface FuzzOutcome {
  refused: number;
  opened: number;
  /** For each kind of corruption, how many files were refused and how many opened. */
  kinds: Record<Spoiling, { refused: number; opened: number }>;
  /** The codes of all problems, with how often each occurred. */
  codes: Map<string, number>;
}

/** A lab whose engine never answers: opening and reading a project needs none. */
function quietLab(home: string): Lab {
  return createLocalLab({
    kind: 'browser',
    folders: { projects: join(home, 'projects'), settings: join(home, 'settings') },
    forkEngine: () => ({ pid: undefined, post() {}, onMessage() {}, onExit() {}, kill() {} }),
    forkChecker: () => forkEngine(checkerEntry, []),
  });
}

export async function fuzzProjects(seed: number, count: number): Promise<FuzzOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'ohlol-fuzz-'));
  const newest = join(folder, 'newest.ohlol');
  copyFileSync(fixture, newest);
  closeProjectFile(valueIn(openProjectFile(newest)));
  const lab = quietLab(folder);
  const kinds = Object.fromEntries(spoilingNames.map((kind) => [kind, { refused: 0, opened: 0 }]));
  const outcome: FuzzOutcome = {
    refused: 0,
    opened: 0,
    kinds: kinds as FuzzOutcome['kinds'],
    codes: new Map(),
  };
  try {
    for (let number = 0; number < count; number++) {
      // Each file has its own random numbers, so that the contents of one do not change how the next is
      // corrupted.
      const random = seededNumbers(seed * 1_000_003 + number);
      const below = (limit: number) => Math.floor(random() * limit);
      const path = join(folder, 'spoilt.ohlol');
      // Most files are of the newest version; some take the way through the migrations.
      copyFileSync(below(4) === 0 ? fixture : newest, path);
      const kind = spoilingNames[number % spoilingNames.length]!;
      spoilings[kind](path, below);
      const before = readFileSync(path);
      try {
        const refused = await useProject(lab, path, outcome.codes);
        for (const counts of [outcome, outcome.kinds[kind]]) counts[refused ? 'refused' : 'opened'] += 1;
        const { length } = before;
        if (refused)
          assert(
            readFileSync(path).equals(before),
            `refused (${refused}), and written to; was of ${length} bytes`,
          );
      } catch (error) {
        throw new Error(`file ${number} of seed ${seed}, ${kind}`, { cause: error });
      }
      for (const ending of ['', '-journal']) rmSync(`${path}${ending}`, { force: true });
      for (const copy of ['spoilt.version-1.ohlol', 'copy.ohlol'])
        rmSync(join(folder, copy), { force: true });
    }
  } finally {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return outcome;
}

/**
 * The outcome of each way to corrupt a file: the code of its refusal; null where it opened and all of it
 * could be used.
 */
export async function openSpoilt(ways: ((path: string) => void)[]): Promise<(string | null)[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ohlol-fuzz-'));
  const lab = quietLab(folder);
  const found: (string | null)[] = [];
  try {
    for (const [number, spoil] of ways.entries()) {
      const path = join(folder, `${number}.ohlol`);
      copyFileSync(fixture, path);
      closeProjectFile(valueIn(openProjectFile(path)));
      spoil(path);
      const codes = new Map<string, number>();
      const refused = await useProject(lab, path, codes);
      found.push(refused === null ? null : [...codes.keys()][0]!);
      rmSync(join(folder, 'copy.ohlol'), { force: true });
    }
    return found;
  } finally {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The code of the refusal; null where the file opened. */
async function useProject(lab: Lab, path: string, codes: FuzzOutcome['codes']): Promise<string | null> {
  const session = lab.connect({ post() {}, connectAnew() {}, showFileDialog: null });
  const { api } = session;
  const note = (result: Result<unknown>) => {
    if (result.ok) return;
    assert(result.problems.length > 0);
    for (const { code, message } of result.problems) {
      assert(message.length > 10, `no sentence: ${message}`);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  };
  const opened = await api.openProject({ path });
  note(opened);
  if (opened.ok) {
    const label = { key: 'edit_fuzz', values: {} };
    const calls: (() => Promise<Result<unknown>>)[] = [
      () => api.edit({ edit: { kind: 'name', name: 'spoilt' }, label }),
      () => api.undo(),
      () => api.undo(),
      () => api.redo(),
      ...opened.value.runs.flatMap(({ id }) => [
        () => api.getRun(id),
        () => api.getShapes(id),
        () => api.getEpochs({ runId: id, since: 0, limit: 100 }),
        () => api.previewExport({ runId: id, format: 'weights-json' as const }),
        () => api.previewExport({ runId: id, format: 'experiment' as const }),
        () => api.changeRun({ runId: id, change: { kind: 'delete' as const }, label }),
      ]),
      () => api.saveCopy({ path: join(path, '..', 'copy.ohlol'), overwrite: false }),
    ];
    for (const call of calls) note(await call());
    await api.closeProject();
  }
  await session.disconnect();
  return opened.ok ? null : opened.problems[0]!.message;
}

type Below = (limit: number) => number;

const pageBytes = 4096;
const pagesIn = (bytes: Buffer) => Math.max(1, Math.floor(bytes.length / pageBytes));
const pageIn = (bytes: Buffer, at: number) => bytes.subarray(at * pageBytes, (at + 1) * pageBytes);

/** What disks, transfers and hand edits do to the bytes of a file. */
const byteSpoilings = {
  cut: (bytes, below) => bytes.subarray(0, below(bytes.length)),
  'some bytes': (bytes, below) => {
    for (let n = 1 + below(20); n > 0; n--) bytes[below(bytes.length)] = below(256);
    return bytes;
  },
  'a bit of the header': (bytes, below) => {
    bytes[below(Math.min(100, bytes.length))]! ^= 1 << below(8);
    return bytes;
  },
  'an empty page': (bytes, below) => {
    pageIn(bytes, below(pagesIn(bytes))).fill(0);
    return bytes;
  },
  "pages in each other's places": (bytes, below) => {
    const [one, other] = [pageIn(bytes, below(pagesIn(bytes))), pageIn(bytes, below(pagesIn(bytes)))];
    const kept = Buffer.from(one);
    one.set(other);
    other.set(kept);
    return bytes;
  },
  'bytes behind its end': (bytes, below) =>
    Buffer.concat([bytes, Buffer.alloc(1 + below(10_000), below(256))]),
  'a stretch of one byte': (bytes, below) => {
    const from = below(bytes.length);
    return bytes.fill(below(256), from, Math.min(bytes.length, from + below(2000)));
  },
} satisfies Record<string, (bytes: Buffer, below: Below) => Buffer>;

const byteSpoilingNames = Object.keys(byteSpoilings) as (keyof typeof byteSpoilings)[];

type Spoiling =
  | keyof typeof byteSpoilings
  | 'several'
  | 'cells'
  | 'a value'
  | 'no rows'
  | 'no table'
  | 'a column more';

const spoilings: Record<Spoiling, (path: string, below: Below) => void> = {
  ...(Object.fromEntries(
    byteSpoilingNames.map((name) => [name, (path: string, below: Below) => spoilBytes(path, [name], below)]),
  ) as Record<keyof typeof byteSpoilings, (path: string, below: Below) => void>),
  several: (path, below) =>
    spoilBytes(
      path,
      Array.from({ length: 2 + below(2) }, () => byteSpoilingNames[below(byteSpoilingNames.length)]!),
      below,
    ),
  cells: (path, below) =>
    spoilCells(path, 2 + below(2), below, (table, column) => cellSpoilings(table, column, below)[below(5)]!),
  'a value': (path, below) =>
    spoilCells(path, 1, below, (table, column) => cellSpoilings(table, column, below)[below(2)]!),
  'no rows': (path, below) => spoilCells(path, 1, below, (table) => `DELETE FROM ${table}`),
  'no table': (path, below) => spoilCells(path, 1, below, (table) => `DROP TABLE ${table}`),
  'a column more': (path, below) =>
    spoilCells(path, 1, below, (table) => `ALTER TABLE ${table} ADD COLUMN extra TEXT`),
};
export const spoilingNames = Object.keys(spoilings) as Spoiling[];

export function spoilBytes(path: string, names: (keyof typeof byteSpoilings)[], below: Below): void {
  let bytes: Buffer = readFileSync(path);
  for (const name of names) if (bytes.length > 0) bytes = byteSpoilings[name](bytes, below);
  writeFileSync(path, bytes);
}

function cellSpoilings(table: string, column: string, below: Below): string[] {
  const value = strangeValues[below(strangeValues.length)];
  return [
    `UPDATE ${table} SET ${column} = ${value} WHERE rowid % 2 = ${below(2)} OR ${below(2)}`,
    `UPDATE ${table} SET ${column} = ${value}`,
    `DELETE FROM ${table}`,
    `DROP TABLE ${table}`,
    `ALTER TABLE ${table} ADD COLUMN extra TEXT`,
  ];
}

const strangeValues = [
  "''",
  "'null'",
  "'{}'",
  "'[]'",
  '\'{"kind":"rows.remove","ids":[99]}\'',
  "'no JSON'",
  '9223372036854775807',
  '-1',
  '1e308',
  "x'00ff'",
  'NULL',
];

/** All tables of a project file, including tables that a later version adds. */
function tablesIn(database: DatabaseSync): string[] {
  const listed = database.prepare(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  return listed.all().map(({ name }) => String(name));
}

/** Changes cells as another program, or a user of the sqlite3 tool, might. */
function spoilCells(
  path: string,
  times: number,
  below: Below,
  statementFor: (table: string, column: string) => string,
): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  try {
    database.exec('PRAGMA ignore_check_constraints = ON');
    const tables = tablesIn(database);
    for (let time = 0; time < times; time++) {
      const table = tables[below(tables.length)]!;
      const columns = database.prepare(`PRAGMA table_info(${table})`).all();
      const column = columns[below(columns.length)]?.name;
      try {
        database.exec(statementFor(table, String(column)));
      } catch {
        // A change that SQLite refuses leaves the file valid.
      }
    }
  } finally {
    database.close();
  }
  assert(existsSync(path));
}

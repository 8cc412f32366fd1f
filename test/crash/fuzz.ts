/**
 * Spoilt project files: bytes changed at random, pieces missing, cells that hold something else. Each is opened and
 * used as a window would; what comes of it is a sentence or a project, never a throw, and a file that is refused is
 * left as it is.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Result } from '../../engine/errors.ts';

import { forkEngine } from '../../main/browser/fork-engine.ts';
import type { Lab } from '../../main/lab/host.ts';
import { createLocalLab } from '../../main/lab/lab.ts';
import { checkerEntry } from '../../main/paths.ts';
import { closeProjectFile, openProjectFile } from '../../main/project/project-file.ts';
import { seededNumbers, valueIn } from './user.ts';

const fixture = join(import.meta.dirname, '..', 'fixtures', 'projects', 'v1.ohlol');

export interface FuzzOutcome {
  refused: number;
  opened: number;
  /** Codes of all problems, with how often each came. */
  codes: Map<string, number>;
}

/** A lab whose engine never answers: opening and looking need none. */
function quietLab(home: string): Lab {
  return createLocalLab({
    kind: 'browser',
    folders: { projects: join(home, 'projects'), settings: join(home, 'settings') },
    forkEngine: () => ({ pid: undefined, post() {}, onMessage() {}, onExit() {}, kill() {} }),
    forkChecker: () => forkEngine(checkerEntry, []),
  });
}

export async function fuzzProjects(seed: number, count: number): Promise<FuzzOutcome> {
  const random = seededNumbers(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const folder = mkdtempSync(join(tmpdir(), 'ohlol-fuzz-'));
  const newest = join(folder, 'newest.ohlol');
  copyFileSync(fixture, newest);
  closeProjectFile(valueIn(openProjectFile(newest)));
  const lab = quietLab(folder);
  const outcome: FuzzOutcome = { refused: 0, opened: 0, codes: new Map() };
  try {
    for (let number = 0; number < count; number++) {
      const path = join(folder, 'spoilt.ohlol');
      // Mostly of the newest version; the older one's way in is spoilt, too.
      copyFileSync(below(4) === 0 ? fixture : newest, path);
      spoil(path, below);
      const before = readFileSync(path);
      try {
        const refused = await useProject(lab, path, outcome);
        outcome[refused ? 'refused' : 'opened'] += 1;
        const { length } = before;
        if (refused)
          assert(
            readFileSync(path).equals(before),
            `refused (${refused}), and written to; was of ${length} bytes`,
          );
      } catch (error) {
        throw new Error(`file ${number} of seed ${seed}`, { cause: error });
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

/** Why it was refused; null where it was opened. */
async function useProject(lab: Lab, path: string, { codes }: FuzzOutcome): Promise<string | null> {
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

function spoil(path: string, below: Below): void {
  if (below(3) === 0) {
    spoilCells(path, below);
    return;
  }
  let bytes: Buffer = readFileSync(path);
  for (let times = 1 + below(3); times > 0; times--) bytes = spoilBytes(bytes, below);
  writeFileSync(path, bytes);
}

function spoilBytes(bytes: Buffer, below: Below): Buffer {
  const pages = Math.max(1, Math.floor(bytes.length / 4096));
  const page = (at: number) => bytes.subarray(at * 4096, (at + 1) * 4096);
  switch (below(7)) {
    case 0:
      return bytes.subarray(0, below(bytes.length));
    case 1:
      for (let n = 1 + below(20); n > 0; n--) bytes[below(bytes.length)] = below(256);
      return bytes;
    case 2:
      bytes[below(Math.min(100, bytes.length))]! ^= 1 << below(8);
      return bytes;
    case 3:
      page(below(pages)).fill(0);
      return bytes;
    case 4:
      page(below(pages)).copy(Buffer.from(page(below(pages))));
      Buffer.from(page(below(pages))).copy(page(below(pages)));
      return bytes;
    case 5:
      return Buffer.concat([bytes, Buffer.alloc(1 + below(10_000), below(256))]);
    default: {
      const from = below(bytes.length);
      return Buffer.from(bytes.fill(below(256), from, Math.min(bytes.length, from + below(2000))));
    }
  }
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

/** All that a project has, those of the next version too. */
function tablesIn(database: DatabaseSync): string[] {
  const listed = database.prepare(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  return listed.all().map(({ name }) => String(name));
}

/** As another program, or a hand with the sqlite3 tool, might leave it. */
function spoilCells(path: string, below: Below): void {
  const database = new DatabaseSync(path);
  try {
    database.exec(
      'PRAGMA writable_schema = ON; PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF',
    );
    const tables = tablesIn(database);
    for (let times = 1 + below(3); times > 0; times--) {
      const table = tables[below(tables.length)]!;
      const columns = database.prepare(`PRAGMA table_info(${table})`).all();
      if (columns.length === 0) continue;
      const column = columns[below(columns.length)]!.name;
      const value = strangeValues[below(strangeValues.length)];
      const statement = [
        `UPDATE ${table} SET ${column} = ${value} WHERE rowid % 2 = ${below(2)} OR ${below(2)}`,
        `UPDATE ${table} SET ${column} = ${value}`,
        `DELETE FROM ${table}`,
        `DROP TABLE ${table}`,
        `ALTER TABLE ${table} ADD COLUMN extra TEXT`,
      ][below(5)]!;
      try {
        database.exec(statement);
      } catch {
        // What SQLite does not allow is not a spoilt file.
      }
    }
  } finally {
    database.close();
  }
  assert(existsSync(path));
}

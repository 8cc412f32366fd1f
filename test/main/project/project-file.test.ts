/** The project file on a real disk: making it, and what it refuses. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyDraft } from '../../../engine/data/draft.ts';
import { readDraft } from '../../../main/project/draft-store.ts';
import { newestVersion } from '../../../main/project/migrations.ts';
import { closeProjectFile, createProjectFile, openProjectFile } from '../../../main/project/project-file.ts';
import { codesOf, valueIn } from '../lab/open-lab.ts';
import {
  helloDraft,
  integrityOf,
  makeProject,
  permissionsBind,
  useFolder,
  withDatabase,
} from './project-folder.ts';

const folder = useFolder();

describe('a new project file', () => {
  it('is of the newest version, waits for the disk at every commit, and stands alone', () => {
    const path = folder.path('a.ohlol');
    const file = valueIn(createProjectFile(path, helloDraft()));
    const pragma = (name: string) => file.database.prepare(`PRAGMA ${name}`).get()![name];
    expect(pragma('user_version')).toBe(newestVersion);
    expect(pragma('journal_mode')).toBe('delete');
    expect(pragma('synchronous')).toBe(2);
    closeProjectFile(file);
    expect(readdirSync(folder.path('.'))).toEqual(['a.ohlol']);
    expect(integrityOf(path)).toBe('ok');
    const again = valueIn(openProjectFile(path));
    expect(readDraft(again.database)).toEqual(helloDraft());
    closeProjectFile(again);
  });

  it('is not made over anything that is there', () => {
    const path = folder.path('a.ohlol');
    writeFileSync(path, 'mine');
    expect(codesOf(createProjectFile(path, emptyDraft()))).toEqual(['project-exists']);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('needs its folder, and says so', () => {
    expect(codesOf(createProjectFile(folder.path('no/such/a.ohlol'), emptyDraft()))).toEqual([
      'project-no-folder',
    ]);
    writeFileSync(folder.path('file'), '');
    expect(codesOf(createProjectFile(folder.path('file/a.ohlol'), emptyDraft()))).toEqual([
      'project-no-folder',
    ]);
  });

  it('takes no notice of a journal that a file of its name has left behind', () => {
    const path = folder.path('a.ohlol');
    writeFileSync(`${path}-journal`, Buffer.alloc(2048, 0xd9));
    closeProjectFile(valueIn(createProjectFile(path, helloDraft())));
    expect(integrityOf(path)).toBe('ok');
  });

  it.skipIf(!permissionsBind)('needs a folder that may be written', () => {
    mkdirSync(folder.path('locked'));
    chmodSync(folder.path('locked'), 0o555);
    expect(codesOf(createProjectFile(folder.path('locked/a.ohlol'), emptyDraft()))).toEqual([
      'project-folder-read-only',
    ]);
  });
});

describe('what is no project', () => {
  it('is told apart and left as it is, byte for byte', () => {
    const other = folder.path('other.db');
    withDatabase(other, (database) => database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x)'));
    const text = folder.path('text.ohlol');
    writeFileSync(text, 'hello '.repeat(1000));
    const empty = folder.path('empty.ohlol');
    writeFileSync(empty, '');
    symlinkSync(folder.path('nowhere'), folder.path('link.ohlol'));
    symlinkSync(folder.path('loop.ohlol'), folder.path('loop.ohlol'));
    const cases: [string, string][] = [
      [other, 'project-foreign'],
      [text, 'project-not-sqlite'],
      [empty, 'project-not-sqlite'],
      [folder.path('gone.ohlol'), 'project-missing'],
      [folder.path('loop.ohlol'), 'project-unreadable'],
      [folder.path(`${'n'.repeat(300)}.ohlol`), 'project-unreadable'],
      [folder.path('link.ohlol'), 'project-missing'],
      [folder.path('.'), 'project-not-a-file'],
      ['/dev/null', 'project-not-a-file'],
    ];
    const before = new Map([other, text, empty].map((path) => [path, readFileSync(path)]));
    for (const [path, code] of cases) expect(codesOf(openProjectFile(path)), path).toEqual([code]);
    for (const [path, bytes] of before) expect(readFileSync(path).equals(bytes), path).toBe(true);
    expect(existsSync(`${other}-wal`)).toBe(false);
  });

  it('cut off anywhere, is a problem and never a throw', () => {
    const whole = readFileSync(makeProject(folder.path('a.ohlol')));
    const cut = folder.path('cut.ohlol');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        writeFileSync(cut, whole.subarray(0, length));
        const [code] = codesOf(openProjectFile(cut));
        expect(code).toMatch(/^project-(damaged|not-sqlite)$/);
        expect(readFileSync(cut).equals(whole.subarray(0, length))).toBe(true);
      }),
      { numRuns: 60, seed: 1, examples: [[whole.length - 1], [whole.length - 4096], [100], [99], [16], [0]] },
    );
  });

  it('has a draft that another program has spoilt: the sentence names the place', () => {
    const path = makeProject(folder.path('a.ohlol'));
    const spoil = (sql: string) => withDatabase(path, (database) => database.exec(sql));
    const said = (code = 'project-damaged') => {
      const before = readFileSync(path);
      const result = openProjectFile(path);
      expect(codesOf(result)).toEqual([code]);
      expect(readFileSync(path).equals(before)).toBe(true);
      return result.ok ? '' : result.problems[0]!.message;
    };
    spoil(`UPDATE draft SET value = '{"cell": "mlp"}' WHERE part = 'model'`);
    expect(said()).toMatch(/draft, model/);
    spoil(`UPDATE draft SET value = 'no JSON' WHERE part = 'name'`);
    expect(said()).toMatch(/draft, name/);
    spoil("DELETE FROM draft WHERE part = 'training'");
    expect(said()).toMatch(/draft/);
    spoil('DROP TABLE checkpoint');
    expect(said()).toMatch(/table checkpoint/);
    spoil('ALTER TABLE run RENAME COLUMN notes TO remarks');
    expect(said('project-altered')).toMatch(/table "run"/);
  });
});

describe('a file that is in use', () => {
  it('is not given out while another program is in the middle of a write', () => {
    const path = makeProject(folder.path('a.ohlol'));
    const other = new DatabaseSync(path);
    other.exec('BEGIN EXCLUSIVE');
    expect(codesOf(openProjectFile(path))).toEqual(['project-busy']);
    other.close();
    closeProjectFile(valueIn(openProjectFile(path)));
  });
});

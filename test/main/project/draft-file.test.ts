/** The draft in the file equals the draft in memory, whatever was done to it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../engine/data/draft.ts';
import { readDraft } from '../../../main/project/draft-store.ts';
import * as history from '../../../main/project/history.ts';
import { inTransaction } from '../../../main/project/migrations.ts';
import {
  closeProjectFile,
  createProjectFile,
  openProjectFile,
  type ProjectFile,
} from '../../../main/project/project-file.ts';
import { valueIn } from '../lab/open-lab.ts';
import { draftWithRows, helloDraft, integrityOf, useFolder } from './project-folder.ts';
import { drawFrom, makeEdit, someDraws } from './random-edits.ts';

const { readHistory } = history;
const commitEdit: typeof history.commitEdit = (database, ...rest) =>
  inTransaction(database, () => history.commitEdit(database, ...rest));
const commitUndo: typeof history.commitUndo = (database, before) =>
  inTransaction(database, () => history.commitUndo(database, before));
const commitRedo: typeof history.commitRedo = (database, before) =>
  inTransaction(database, () => history.commitRedo(database, before));

const folder = useFolder();
const label = { key: 'edit_test', values: { n: 1 } };

/** Commits do not wait for the disk here; they write the same bytes. */
function hurried(file: ProjectFile): ProjectFile {
  file.database.exec('PRAGMA synchronous = OFF');
  return file;
}

function create(name: string, draft: Draft): ProjectFile {
  return hurried(valueIn(createProjectFile(folder.path(name), draft)));
}

/** Closes and reopens the file; nothing in memory is used again. */
function reopen(file: ProjectFile): { file: ProjectFile; draft: Draft } {
  closeProjectFile(file);
  const opened = hurried(valueIn(openProjectFile(file.path)));
  return { file: opened, draft: readDraft(opened.database) };
}

/** Undoes or redoes for as long as there is a step. */
function travel(file: ProjectFile, from: Draft, step: typeof commitUndo): Draft {
  let draft = from;
  for (let done = step(file.database, draft); done; done = step(file.database, draft)) draft = done.draft;
  return draft;
}

describe('any sequence of edits, undo and redo', () => {
  it('is in the file as it is in memory, rows in their order, with its history', () => {
    let number = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), someDraws), { maxLength: 25 }), (steps) => {
        let draft = draftWithRows(3);
        let file = create(`${number++}.ohlol`, draft);
        for (const [act, numbers] of steps) {
          const committed =
            act === 0
              ? commitUndo(file.database, draft)
              : act === 1
                ? commitRedo(file.database, draft)
                : commitEdit(file.database, draft, makeEdit(draft, drawFrom(numbers)), label);
          draft = committed?.draft ?? draft;
          if (act === 2) file = reopen(file).file;
        }
        const before = readHistory(file.database);
        const after = reopen(file);
        expect(after.draft).toEqual(draft);
        expect(readHistory(after.file.database)).toEqual(before);

        // All steps are undone and redone again.
        const back = travel(after.file, draft, commitUndo);
        expect(back).toEqual(draftWithRows(3));
        const forth = travel(after.file, back, commitRedo);
        const end = reopen(after.file);
        expect(end.draft).toEqual(forth);
        closeProjectFile(end.file);
        expect(integrityOf(after.file.path)).toBe('ok');
      }),
      { numRuns: 20, seed: 20261123 },
    );
  });

  it('comes back to the first draft by undo, and to the last by redo', () => {
    const first = helloDraft();
    const { database } = create('a.ohlol', first);
    let draft = first;
    const drafts = [draft];
    for (let step = 0; step < 30; step++) {
      draft = commitEdit(database, draft, makeEdit(draft, drawFrom([step, 7 * step, step + 3])), label).draft;
      drafts.push(draft);
    }
    for (const expected of drafts.slice(0, -1).reverse()) {
      draft = commitUndo(database, draft)!.draft;
      expect(draft).toEqual(expected);
    }
    expect(commitUndo(database, draft)).toBeNull();
    for (const expected of drafts.slice(1)) {
      draft = commitRedo(database, draft)!.draft;
      expect(draft).toEqual(expected);
    }
    expect(commitRedo(database, draft)).toBeNull();
    expect(readDraft(database)).toEqual(draft);
    database.close();
  });
});

describe('rows', () => {
  it('keep their order through hundreds of insertions at one place, which no fraction can number', () => {
    const file = create('a.ohlol', draftWithRows(2));
    let draft = draftWithRows(2);
    for (let id = 10; id < 210; id++) {
      const row = { id, input: `${id}`, target: '', split: 'off', note: '' } as const;
      draft = commitEdit(file.database, draft, { kind: 'rows.insert', at: 1, rows: [row] }, label).draft;
    }
    const stored = reopen(file);
    expect(stored.draft.rows.map(({ id }) => id)).toEqual(draft.rows.map(({ id }) => id));
    closeProjectFile(stored.file);
  });

  it.each([1, 20, 45])('are written whole where many come in at once: %i', (count) => {
    const file = create('a.ohlol', draftWithRows(2));
    const rows = Array.from({ length: count }, (_, i) => {
      return {
        id: 10 + i,
        input: `in ${i}`,
        target: `李${i}`,
        split: 'validation' as const,
        note: `note ${i}`,
      };
    });
    const { draft } = commitEdit(
      file.database,
      draftWithRows(2),
      { kind: 'rows.insert', at: 1, rows },
      label,
    );
    const stored = reopen(file);
    expect(stored.draft.rows).toEqual(draft.rows);
    closeProjectFile(stored.file);
  });

  it('are not written anew where others change', () => {
    const file = create('a.ohlol', draftWithRows(1000));
    const { database } = file;
    const draft = readDraft(database);
    const written = () => Number(database.prepare('SELECT total_changes() AS n').get()!.n);
    const before = written();
    commitEdit(database, draft, { kind: 'rows.move', id: 500, to: 3 }, label);
    // The row, the change, the dropped redo steps, the revision.
    expect(written() - before).toBeLessThan(10);
    closeProjectFile(file);
  });
});

describe('an edit that does not fit', () => {
  it('throws its problem and leaves the file as it was', () => {
    const file = create('a.ohlol', draftWithRows(2));
    const draft = readDraft(file.database);
    expect(() => commitEdit(file.database, draft, { kind: 'rows.remove', ids: [99] }, label)).toThrow(
      'row 99',
    );
    const after = reopen(file);
    expect(after.draft).toEqual(draft);
    expect(readHistory(after.file.database)).toMatchObject({ revision: 0, undo: null, redo: null });
    closeProjectFile(after.file);
  });
});

describe('a new change', () => {
  it('ends what could be done again, and its label says what undo takes back', () => {
    const file = create('a.ohlol', helloDraft());
    const first = commitEdit(file.database, helloDraft(), { kind: 'name', name: 'a' }, label);
    const back = commitUndo(file.database, first.draft)!;
    expect(readHistory(file.database)).toMatchObject({ revision: 2, undo: null, redo: label });
    const other = { key: 'edit_other', values: { n: 1 } };
    const next = commitEdit(file.database, back.draft, { kind: 'name', name: 'b' }, other);
    expect(next.history).toMatchObject({ revision: 3, undo: other, redo: null });
    expect(commitRedo(file.database, next.draft)).toBeNull();
    closeProjectFile(file);
  });
});

describe('numbers that an older lab stored though they were not finite', () => {
  it('are their defaults, with a sentence for each, and the file is mended', () => {
    const before = helloDraft();
    const file = create('spoilt.ohlol', before);
    const put = (part: string, value: unknown) =>
      file.database.prepare('UPDATE draft SET value = ? WHERE part = ?').run(JSON.stringify(value), part);
    const { optimizer } = before.training;
    put('training', {
      ...before.training,
      optimizer: { ...optimizer, lr: null },
      scheduler: { name: 'exponential', gamma: null },
    });
    put('model', { ...before.model, hiddenSize: null });
    put('initialWeights', { a: { shape: [2], data: [1, null] } });
    closeProjectFile(file);

    const opened = valueIn(openProjectFile(file.path));
    expect(opened.warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'draft-repaired: model.hiddenSize was not a finite number and could not be kept; it is 4 now',
      'draft-repaired: training.scheduler was not a finite number and could not be kept; it is none now',
      'draft-repaired: training.optimizer.lr was not a finite number and could not be kept; it is 0.001 now',
      'draft-repaired: initialWeights was not a finite number and could not be kept; it is none now',
    ]);
    const mended = { ...before.training, optimizer: { ...optimizer, lr: 0.001 }, scheduler: null };
    expect(opened.draft).toEqual({ ...before, training: mended });
    closeProjectFile(opened);
    const again = valueIn(openProjectFile(file.path));
    expect(again.warnings).toEqual([]);
    expect(again.draft).toEqual(opened.draft);
    closeProjectFile(again);
  });
});

/** What is found in the samples, which hit is the current one, and what is replaced. */
import { describe, expect, it } from 'vitest';
import { type Draft, type DraftEdit, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { success } from '../../../engine/errors.ts';
import { FindState } from '../../../renderer/screens/data/find/find.svelte.ts';
import { GridState } from '../../../renderer/screens/data/grid.svelte.ts';
import type { ProjectState } from '../../../renderer/state/project.svelte.ts';
import type { ShellState } from '../../../renderer/state/shell.svelte.ts';

/** The draft is not reactive here, so `find.text` is set after each edit to search again. */
function openFind(rows: [string, string][]) {
  const sent: DraftEdit[] = [];
  const project = {
    draft: {
      ...emptyDraft(),
      rows: rows.map(([input, target], i) => ({ id: i + 1, input, target, split: 'train', note: '' })),
    } as Draft,
    async edit(edit: DraftEdit) {
      sent.push(edit);
      project.draft = applyEdit(project.draft, edit).draft;
      return success({ edit, history: { revision: sent.length, undo: null, redo: null, savedAt: '' } });
    },
  };
  const grid = new GridState(project as unknown as ProjectState, { rowId: null } as unknown as ShellState);
  const find = new FindState(project as unknown as ProjectState, grid);
  return { find, grid, project, sent };
}

describe('finding', () => {
  it('begins at the cursor, goes around the end and takes the cursor along', () => {
    const { find, grid } = openFind([
      ['a', 'b'],
      ['b', 'a'],
      ['aa', ''],
    ]);
    grid.goTo({ row: 1, column: 'note' });
    find.act('find');
    find.type('a');
    expect([find.hits.length, find.index]).toEqual([4, 1]);
    expect(grid.place).toEqual({ row: 1, column: 'target' });
    for (const expected of [2, 3, 0]) {
      find.act('next');
      expect(find.index).toBe(expected);
    }
    find.act('previous');
    expect([find.index, grid.place.row]).toEqual([3, 2]);
    const marks = find.marksOf(grid.rows[2]!, 2);
    expect([[...marks.input], [...marks.current.tokens]]).toEqual([[0, 1], [1]]);
  });

  it('of nothing says what the other side has', () => {
    const { find } = openFind([['a', 'xx']]);
    find.open('text');
    find.type('x');
    find.scope = 'input';
    expect([find.hits.length, find.otherSide]).toEqual([0, { scope: 'target', count: 2 }]);
    find.scope = 'target';
    expect([find.hits.length, find.otherSide]).toEqual([2, null]);
  });
});

describe('replacing', () => {
  it('takes one, then stands behind what took its place', async () => {
    const { find, project, sent } = openFind([['abc', 'a']]);
    find.open('by');
    find.type('a');
    find.by = 'aa';
    await find.replaceOne();
    expect(project.draft.rows[0]).toMatchObject({ input: 'aabc', target: 'a' });
    find.text = '';
    find.text = 'a';
    expect(find.hits[find.index]).toMatchObject({ column: 'target' });
    expect(sent).toHaveLength(1);
  });

  it('takes all in one edit', async () => {
    const { find, project, sent } = openFind([
      ['aba', 'a'],
      ['a', 'b'],
    ]);
    find.open('by');
    find.type('a');
    await find.replaceAll();
    expect(project.draft.rows.map(({ input, target }) => [input, target])).toEqual([
      ['b', ''],
      ['', 'b'],
    ]);
    expect(sent).toHaveLength(1);
  });
});

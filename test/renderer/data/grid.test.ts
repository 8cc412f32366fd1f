/** Cells that are typed into, looked at and left: what becomes an edit and what does not. */
import { describe, expect, it } from 'vitest';
import type { Draft, DraftEdit, DraftRow } from '../../../engine/data/draft.ts';
import { emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { success } from '../../../engine/errors.ts';
import { GridState } from '../../../renderer/screens/data/grid.svelte.ts';
import type { ProjectState } from '../../../renderer/state/project.svelte.ts';
import type { ShellState } from '../../../renderer/state/shell.svelte.ts';
import { toasts } from '../../../renderer/state/toasts.svelte.ts';
import { patience } from '../../patience.ts';

function openGrid(inputs: string[], task: Draft['data']['task'] = 'mapping') {
  const empty = emptyDraft();
  const sent: DraftEdit[] = [];
  const rows = inputs.map(
    (input, i): DraftRow => ({ id: i + 1, input, target: `t${i}`, split: 'train', note: '' }),
  );
  const project = {
    history: null,
    draft: { ...empty, data: { ...empty.data, task }, rows } as Draft,
    async edit(edit: DraftEdit) {
      sent.push(edit);
      project.draft = applyEdit(project.draft, edit).draft;
      return success({ edit, history: { revision: sent.length, undo: null, redo: null, savedAt: '' } });
    },
  };
  const grid = new GridState(project as unknown as ProjectState, { rowId: null } as unknown as ShellState);
  const inputsNow = () => project.draft.rows.map(({ input }) => input);
  return { grid, sent, project, inputsNow };
}
const first = { row: 0, column: 'input' } as const;

describe('a cell', () => {
  it.each(['a\nb', 'a\r\nb', 'a\tb\r', '', 'hello'])(
    'that was looked at and left is %j still',
    async (text) => {
      const { grid, sent } = openGrid([text]);
      for (const then of ['stay', 'down', 'next'] as const) {
        grid.edit(first);
        await grid.commit(text.replace(/\r\n?/g, '\n'), then);
        grid.cancel();
      }
      expect(sent).toEqual([]);
    },
  );

  it('that was looked at does not take back what another window wrote meanwhile', async () => {
    const { grid, sent, project, inputsNow } = openGrid(['old']);
    grid.edit(first);
    project.draft = applyEdit(project.draft, { kind: 'rows.change', rows: [{ id: 1, input: 'new' }] }).draft;
    await grid.commit('old', 'stay');
    expect([sent, inputsNow()]).toEqual([[], ['new']]);
  });

  it('keeps the line breaks around what was typed', async () => {
    const { grid, inputsNow } = openGrid(['a\r\nb']);
    grid.edit(first);
    await grid.commit('a\nbc', 'stay');
    expect(inputsNow()).toEqual(['a\r\nbc']);
  });

  it('is begun anew by typing, and emptied where all that was typed is taken out again', async () => {
    const { grid, inputsNow } = openGrid(['old', 'other']);
    grid.goTo(first);
    grid.replace();
    expect(grid.editing).toMatchObject({ ...first, rowId: 1, how: 'replaced' });
    await grid.commit('r2', 'down');
    grid.goTo({ row: 1, column: 'input' });
    grid.replace();
    await grid.commit('', 'stay');
    expect(inputsNow()).toEqual(['r2', '']);
  });

  it('that is left by Esc is as it was', async () => {
    const { grid, sent } = openGrid(['old']);
    grid.replace();
    grid.cancel();
    await grid.commit('typed', 'stay');
    expect(sent).toEqual([]);
  });

  it('takes its text with it where its row moves meanwhile, and says so where the row goes', async () => {
    const { grid, project, inputsNow } = openGrid(['one', 'two']);
    grid.edit({ row: 1, column: 'input' });
    project.draft = applyEdit(project.draft, { kind: 'rows.move', id: 2, to: 0 }).draft;
    await grid.commit('TWO', 'stay');
    expect(inputsNow()).toEqual(['TWO', 'one']);
    grid.edit(first);
    project.draft = applyEdit(project.draft, { kind: 'rows.remove', ids: [2] }).draft;
    await grid.commit('lost', 'stay');
    expect(inputsNow()).toEqual(['one']);
    expect(toasts.list.at(-1)?.text()).toContain('lost');
  });

  it('of the empty row makes a row, also from the place under note and split', async () => {
    const { grid, inputsNow } = openGrid(['one']);
    grid.goTo({ row: 1, column: 'note' });
    grid.replace();
    expect(grid.editing).toMatchObject({ row: 1, column: 'input', rowId: null });
    await grid.commit('two', 'stay');
    expect(inputsNow()).toEqual(['one', 'two']);
  });

  it('of a split is chosen by its first letters, in English or in the language of the window', () => {
    const { grid, project } = openGrid(['one']);
    grid.goTo({ row: 0, column: 'split' });
    grid.replace();
    expect(grid.editing).toBeNull();
    for (const [typed, split] of [
      ['v', 'validation'],
      ['x', 'validation'],
      [' ', 'validation'],
      ['OFF', 'off'],
    ] as const) {
      grid.chooseSplit(typed);
      expect(project.draft.rows[0]!.split, typed).toBe(split);
    }
  });
});

describe('a range', () => {
  const rowsNow = (project: { draft: Draft }) =>
    project.draft.rows.map(({ input, target }) => [input, target]);

  it('is what stands between where it began and the cursor, and gives its rows and its copy', () => {
    const { grid } = openGrid(['a', 'b', 'c']);
    grid.goTo({ row: 2, column: 'target' });
    grid.selectTo({ row: 1, column: 'input' });
    expect([...grid.selectedIds]).toEqual([2, 3]);
    expect(grid.copy()?.text).toBe('b\tt1\nc\tt2');
    expect([grid.chosenIn(0), grid.chosenIn(1)]).toEqual([[], ['input', 'target']]);
    grid.goTo(first);
    expect(grid.copy()?.text).toBe('a');
    expect([...grid.selectedIds]).toEqual([1]);
  });

  it('is pasted at its first cell, or filled with one text, in one edit each', async () => {
    const { grid, sent, project } = openGrid(['a', 'b', 'c']);
    grid.goTo({ row: 1, column: 'target' });
    await grid.paste('x\r\ny\r\nz\r\n');
    expect(rowsNow(project)).toEqual([
      ['a', 't0'],
      ['b', 'x'],
      ['c', 'y'],
      ['', 'z'],
    ]);
    expect(grid.range).toEqual({ from: 1, to: 3, columns: ['target'] });
    await grid.paste('q');
    expect(rowsNow(project).map(([, target]) => target)).toEqual(['t0', 'q', 'q', 'q']);
    grid.goTo(first);
    await grid.paste('one, two\nthree');
    expect(project.draft.rows[0]!.input).toBe('one, two');
    expect(sent).toHaveLength(3);
  });

  it('knows splits by the names that tables give them; an empty cell leaves a split as it is', async () => {
    const { grid, project } = openGrid(['a', 'b', 'c']);
    const splitsNow = () => project.draft.rows.map(({ split }) => split);
    grid.goTo({ row: 0, column: 'split' });
    await grid.paste('dev\n停用\n\n');
    expect(splitsNow()).toEqual(['validation', 'off', 'train']);
    grid.goTo({ row: 0, column: 'split' });
    grid.selectTo({ row: 2, column: 'split' });
    await grid.paste('测试');
    expect(splitsNow()).toEqual(['validation', 'validation', 'validation']);
    await grid.paste(' ');
    expect(splitsNow()).toEqual(['validation', 'validation', 'validation']);
  });

  it('says what had no place', async () => {
    const { grid } = openGrid(['a']);
    grid.goTo({ row: 0, column: 'split' });
    await grid.paste('maybe\tnote\tbeyond');
    expect(toasts.list.at(-1)?.text()).toMatch(/“maybe”/);
  });

  it('of whole rows goes with one edit, and so does its way back', async () => {
    const { grid, sent, project } = openGrid(['a', 'b', 'c']);
    grid.selectRows(1, 2);
    await grid.duplicate(1, 2);
    expect(rowsNow(project).map(([input]) => input)).toEqual(['a', 'b', 'c', 'b', 'c']);
    expect([...grid.selectedIds]).toEqual([4, 5]);
    await grid.remove(3, 4);
    expect(rowsNow(project)).toHaveLength(3);
    expect(sent).toHaveLength(2);
    toasts.list.at(-1)?.action?.run();
    await expect.poll(() => rowsNow(project).length, patience).toBe(5);
  });
});

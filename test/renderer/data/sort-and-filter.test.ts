/** A filter over the rows: which rows are shown, and that actions on a range change only those. */
import { describe, expect, it } from 'vitest';
import { type Draft, type DraftEdit, type DraftRow, emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { success } from '../../../engine/errors.ts';
import { FindState } from '../../../renderer/screens/data/find/find.svelte.ts';
import { GridState } from '../../../renderer/screens/data/grid.svelte.ts';
import { clearRange, fillRange } from '../../../renderer/screens/data/range-edits.ts';
import type { ProjectState } from '../../../renderer/state/project.svelte.ts';
import { RowChecks } from '../../../renderer/state/row-checks.ts';
import type { ShellState } from '../../../renderer/state/shell.svelte.ts';
import { toasts } from '../../../renderer/state/toasts.svelte.ts';

function openGrid(rows: [input: string, target: string, split?: DraftRow['split']][]) {
  const sent: { edit: DraftEdit; inverse: DraftEdit }[] = [];
  const checks = new RowChecks();
  const project = {
    draft: {
      ...emptyDraft(),
      rows: rows.map(([input, target, split = 'train'], i) => ({
        id: i + 1,
        input,
        target,
        split,
        note: '',
      })),
    } as Draft,
    history: { revision: 0 },
    get findings() {
      return checks.find(project.draft);
    },
    async edit(edit: DraftEdit) {
      const { draft, inverse } = applyEdit(project.draft, edit);
      sent.push({ edit, inverse });
      project.draft = draft;
      project.history = { revision: sent.length };
      return success({ edit, history: { revision: sent.length, undo: null, redo: null, savedAt: '' } });
    },
    async undo() {
      project.draft = applyEdit(project.draft, sent.at(-1)!.inverse).draft;
      return success({});
    },
  };
  const grid = new GridState(project as unknown as ProjectState, { rowId: null } as unknown as ShellState);
  const shown = () => grid.rows.map(({ input }) => input);
  const all = () => project.draft.rows.map(({ input, target }) => `${input}${target}`);
  return { grid, project, sent, shown, all };
}
/** Rows 2, 4 and 5 are off. */
const five = () =>
  openGrid([
    ['a', 'A'],
    ['b', 'B', 'off'],
    ['c', 'C'],
    ['d', 'D', 'off'],
    ['e', 'E', 'off'],
  ]);

describe('a filter', () => {
  it('shows rows of a split, with a text or with a problem, and all of it together', () => {
    const { grid, shown } = openGrid([
      ['hello', 'ohlol'],
      ['HELP', 'pleh', 'off'],
      ['he', 'h'],
      ['ab', 'ba', 'off'],
    ]);
    const shows = (change: Parameters<typeof grid.filter>[0]) => {
      grid.filter(change);
      return shown();
    };
    expect(shows({ text: 'he' })).toEqual(['hello', 'HELP', 'he']);
    expect(shows({ split: 'off' })).toEqual(['HELP']);
    expect(shows({ split: null, problems: true })).toEqual(['he']);
    expect(shows({ text: '' })).toEqual(['he']);
    grid.view.clear();
    expect([grid.view.isFiltered, grid.rows.length, grid.view.ids]).toEqual([false, 4, undefined]);
  });

  it('leaves the rows their numbers', () => {
    const { grid } = five();
    grid.filter({ split: 'off' });
    expect([0, 1, 2, 3].map((row) => grid.numberOf(row))).toEqual([2, 4, 5, 6]);
  });

  it('keeps a row in sight that is mended, and a new one, until it is applied again', async () => {
    const { grid, shown } = openGrid([
      ['ab', 'b'],
      ['cd', 'dc'],
    ]);
    grid.filter({ problems: true });
    grid.edit({ row: 0, column: 'target' });
    await grid.commit('ba', 'stay');
    expect(shown()).toEqual(['ab']);
    grid.edit({ row: 1, column: 'input' });
    await grid.commit('new', 'stay');
    expect(shown()).toEqual(['ab', 'new']);
    grid.filter({});
    expect(shown()).toEqual(['new']);
  });

  it('ends where a row is gone to that it hides', () => {
    const { grid } = five();
    grid.filter({ split: 'off' });
    grid.goToRow(3, 'target');
    expect([grid.view.isFiltered, grid.place]).toEqual([false, { row: 2, column: 'target' }]);
  });
});

describe('under a filter', () => {
  it('emptying, filling and deleting touch the rows that are shown alone', async () => {
    const { grid, all } = five();
    grid.filter({ split: 'off' });
    grid.goTo({ row: 0, column: 'target' });
    grid.selectTo({ row: 2, column: 'target' });
    await grid.act(fillRange);
    expect(all()).toEqual(['aA', 'bB', 'cC', 'dB', 'eB']);
    await grid.act(clearRange);
    expect(all()).toEqual(['aA', 'b', 'cC', 'd', 'e']);
    await grid.remove(0, 1);
    expect(all()).toEqual(['aA', 'cC', 'e']);
  });

  it('copying gives them, and pasting goes into them; what has no row is added behind all', async () => {
    const { grid, all } = five();
    grid.filter({ split: 'off' });
    grid.goTo({ row: 0, column: 'input' });
    grid.selectTo({ row: 2, column: 'input' });
    expect(grid.copy()!.text).toBe('b\nd\ne');
    grid.goTo({ row: 1, column: 'input' });
    await grid.paste('x\ny\nz');
    expect(all()).toEqual(['aA', 'bB', 'cC', 'xD', 'yE', 'z']);
    expect(grid.rows.map(({ input }) => input)).toEqual(['b', 'x', 'y', 'z']);
  });

  it('copies of rows stand behind the last of them, in the project too', async () => {
    const { grid, all } = five();
    grid.filter({ split: 'off' });
    await grid.duplicate(0, 1);
    expect(all()).toEqual(['aA', 'bB', 'cC', 'dD', 'bB', 'dD', 'eE']);
  });

  it('deleted rows come back where they stood, by undo and after another edit', async () => {
    for (const edits of [false, true]) {
      const { grid, all, project } = five();
      grid.filter({ split: 'off' });
      await grid.remove(0, 2);
      expect(toasts.list.at(-1)?.text()).toContain('3');
      if (edits) await project.edit({ kind: 'rows.change', rows: [{ id: 1, input: 'z' }] });
      toasts.list.at(-1)!.action!.run();
      await Promise.resolve();
      expect(all()).toEqual([edits ? 'zA' : 'aA', 'bB', 'cC', 'dD', 'eE']);
    }
  });

  it('no order is changed, and it is said why', async () => {
    const { grid, sent } = five();
    grid.filter({ split: 'off' });
    await grid.move(4, 0);
    await grid.sort('input', true);
    expect(sent).toEqual([]);
    expect(toasts.list.at(-1)?.text()).toContain('filter');
  });

  it('only the rows that are shown are searched, and replaced in', async () => {
    const { grid, project, all } = openGrid([
      ['aa', ''],
      ['ab', '', 'off'],
      ['a', ''],
      ['ba', '', 'off'],
    ]);
    const find = new FindState(project as unknown as ProjectState, grid);
    grid.filter({ split: 'off' });
    find.open('text');
    find.type('a');
    expect(find.hits.map(({ row }) => row)).toEqual([1, 3]);
    expect([...find.marksOf(grid.rows[1]!, 3).input]).toEqual([1]);
    find.by = 'x';
    await find.replaceAll();
    expect(all()).toEqual(['aa', 'xb', 'a', 'bx']);
  });
});

describe('sorting', () => {
  it('is one edit, which undo takes back', async () => {
    const { grid, sent, all, project } = openGrid([
      ['b', '1'],
      ['a', '2'],
      ['b', '0'],
    ]);
    await grid.sort('input', false);
    expect([all(), sent.length]).toEqual([['a2', 'b1', 'b0'], 1]);
    await project.undo();
    expect(all()).toEqual(['b1', 'a2', 'b0']);
    await grid.sort('input', true);
    expect(all()).toEqual(['b1', 'b0', 'a2']);
    await grid.sort('input', true);
    expect(sent).toHaveLength(2);
  });
});

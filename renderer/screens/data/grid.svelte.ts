import type { DraftRow, Split } from '../../../engine/data/draft.ts';
import { type CellRange, readCells, splitNames } from '../../../engine/data/editing/cell-ranges.ts';
import { tableHtml, tableText } from '../../../engine/data/editing/clipboard.ts';
import { type SortKey, sortRows } from '../../../engine/data/row-operations.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import { editedText } from '../../components/edited-text.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { report } from '../../state/report.ts';
import type { ShellState } from '../../state/shell.svelte.ts';
import { showProblem, showToast } from '../../state/toasts.svelte.ts';
import { t } from '../../text/text.svelte.ts';
import { ColumnWindow } from './column-window.svelte.ts';
import { addRow, changeField, changeSplit, type LabelledEdit, moveRow } from './edits.ts';
import { type GridColumn, type GridPlace, gridColumns, rangeBetween } from './grid-keys.ts';
import { clearRange, duplicateRange, type Pasted, pasteTable, removeRange } from './range-edits.ts';
import { restoreRows } from './restore-rows.ts';
import type { Spot } from './row-cells.ts';
import { type RowFilter, RowView } from './row-view.svelte.ts';
import { sortName } from './sort-names.ts';

export interface Editing extends GridPlace {
  /** The id of the row, which stays valid while rows move; null: the empty row at the end. */
  rowId: number | null;
  /** What the cell held before. */
  text: string;
  /** 'content': the content is edited; 'replaced': the typed text replaces it. */
  how: 'content' | 'replaced';
}

/** Where the cursor goes after a cell was typed. */
export type Then = 'stay' | 'down' | 'next' | 'before';

export const splits: readonly Split[] = splitNames;

const none: readonly GridColumn[] = [];

/**
 * The grid's cursor and the range that ends at it, the cell that is being edited, and what keys, clipboard
 * and buttons do.
 */
export class GridState {
  readonly #project: ProjectState;
  readonly #shell: ShellState;
  /** The index of the row that was last typed at the end. */
  #newRow: number | null = null;
  place = $state.raw<GridPlace>({ row: 0, column: 'input' });
  /** The other end of the range; null: only the cursor's cell is chosen. */
  anchor = $state.raw<GridPlace | null>(null);
  editing = $state.raw<Editing | null>(null);
  readonly #range = $derived(
    rangeBetween(this.anchor ?? this.place, this.place, this.rows.length, this.lines),
  );
  /** The index of a dragged row, and the index to which it would move. */
  drag = $state.raw<{ from: number; to: number } | null>(null);
  /** The token that the user jumped to, ringed until the cursor moves. */
  spot = $state.raw<(Spot & { rowId: number }) | null>(null);
  readonly view: RowView;
  readonly columns: ColumnWindow;
  /** Gives the keys back to the grid after a control in it has had them. */
  takeKeys: () => void = () => {};

  /** The rows that are shown; places are indices in this list. */
  get rows(): readonly DraftRow[] {
    return this.view.rows;
  }

  /** A row's number in the project, from 1. */
  numberOf(row: number): number {
    return this.view.placeOf(row) + 1;
  }

  get lines(): readonly GridColumn[] {
    return this.#project.draft?.data.task === 'language-model' ? ['input'] : ['input', 'target'];
  }

  get isLabel(): boolean {
    return this.#project.draft?.data.task === 'label';
  }

  /** The ids of the chosen rows. */
  get selectedIds(): ReadonlySet<number> {
    const { range } = this;
    return new Set(range ? this.rows.slice(range.from, range.to + 1).map(({ id }) => id) : []);
  }

  /** The chosen cells; null: the cursor is in the empty row. */
  get range(): CellRange | null {
    return this.#range;
  }

  /** Whether more than the cursor's cell is chosen. */
  get hasRange(): boolean {
    return this.anchor !== null;
  }

  /** The chosen columns of a row, for drawing it. */
  chosenIn(row: number): readonly GridColumn[] {
    const range = this.anchor && this.#range;
    return range && row >= range.from && row <= range.to ? range.columns : none;
  }

  /** The id of the DOM element of the cell under the cursor. */
  get cellId(): string {
    return `cell-${this.rows[this.place.row]?.id ?? 'new'}-${this.place.column}`;
  }

  constructor(project: ProjectState, shell: ShellState) {
    this.#project = project;
    this.#shell = shell;
    this.view = new RowView(project);
    this.columns = new ColumnWindow(() => project.totals?.widest ?? 0);
  }

  goTo(place: GridPlace): void {
    const row = Math.max(0, Math.min(place.row, this.rows.length));
    const column = this.lines.includes(place.column) || place.column !== 'target' ? place.column : 'input';
    this.place = { row, column };
    // A user who comes back to a row corrects it, so Enter no longer walks through new rows.
    if (row !== this.#newRow) this.#newRow = null;
    this.anchor = null;
    this.spot = null;
    this.#shell.rowId = this.rows[row]?.id ?? null;
  }

  /** Extends the range from where it began, or from the cursor, to a cell. */
  selectTo(place: GridPlace): void {
    const anchor = this.anchor ?? this.place;
    this.goTo({ ...place, row: Math.max(0, Math.min(place.row, this.rows.length - 1)) });
    const { row, column } = this.place;
    this.anchor = anchor.row === row && anchor.column === column ? null : anchor;
  }

  /** Chooses whole rows from `from` to `to`, with the cursor in the first cell of `to`. */
  selectRows(from: number, to: number): void {
    if (this.rows.length === 0) return;
    const columns = gridColumns(this.lines);
    this.goTo({ row: Math.min(to, this.rows.length - 1), column: columns[0]! });
    this.anchor = { row: Math.min(from, this.rows.length - 1), column: columns.at(-1)! };
  }

  /** Keeps the cursor on its row after rows have moved (undo, another window). */
  follow(): void {
    const { rowId } = this.#shell;
    if ((this.rows[this.place.row]?.id ?? null) === rowId) return;
    const row = this.rows.findIndex((one) => one.id === rowId);
    this.goTo(row < 0 ? this.place : { ...this.place, row });
  }

  /**
   * Goes to a row; `token` is scrolled into sight and ringed. If a filter hides the row, the filter is
   * removed.
   */
  goToRow(id: number, column: GridColumn = 'input', token: number | null = null): void {
    const find = () => this.rows.findIndex((one) => one.id === id);
    let row = find();
    if (row < 0 && this.view.isFiltered) {
      this.view.clear();
      row = find();
    }
    if (row < 0) return;
    this.goTo({ row, column });
    if (token === null || (column !== 'input' && column !== 'target')) return;
    this.#lookAt(id, { field: column, token });
  }

  #lookAt(rowId: number, spot: Spot): void {
    // A label takes up one cell, which is always in sight.
    if (spot.field === 'input' || !this.isLabel) this.columns.show(spot.token);
    this.spot = { ...spot, rowId };
  }

  /** Goes to the row's next or previous place that deserves a look, wrapping around. */
  goToSpot(spots: readonly Spot[], by: -1 | 1): void {
    const row = this.rows[this.place.row];
    if (!row || spots.length === 0) return;
    const at = this.spot?.rowId === row.id ? this.spot.token : by > 0 ? -1 : Number.POSITIVE_INFINITY;
    const next = by > 0 ? spots.find(({ token }) => token > at) : spots.findLast(({ token }) => token < at);
    this.#lookAt(row.id, next ?? spots.at(by > 0 ? 0 : -1)!);
  }

  /** The places in the cursor's row that deserve a look; set by the component that draws the row. */
  spotsHere: () => readonly Spot[] = () => [];

  /** Opens the cell with its content. */
  edit(place: GridPlace): void {
    this.#open(place, 'content');
  }

  /** Opens the cell under the cursor for typing that replaces its content. */
  replace(): void {
    this.#open(this.place, 'replaced');
  }

  #open(place: GridPlace, how: Editing['how']): void {
    const row = this.rows[place.row];
    // The empty row has only the cells of its lines.
    this.goTo(row || this.lines.includes(place.column) ? place : { ...place, column: this.lines[0]! });
    const { column } = this.place;
    if (column === 'split') return;
    this.editing = { ...this.place, rowId: row?.id ?? null, text: row ? row[column] : '', how };
  }

  /**
   * Takes the contents of the cell's field; `then` says where the cursor goes. A cell that was opened but
   * not edited stays as it is: no edit, no undo step, the same bytes.
   */
  async commit(inField: string, then: Then): Promise<void> {
    const { editing } = this;
    if (!editing) return;
    this.editing = null;
    const before = this.rows.length;
    const text = editing.how === 'content' ? editedText(editing.text, inField) : inField;
    // The edit is shown at once, so that further typing finds its field.
    const sent = editing.how === 'content' && text === editing.text ? null : this.#take(editing, text);
    if (this.rows.length > before) this.#newRow = editing.row;
    this.#goOn(editing, then);
    await sent;
  }

  /** Rows may have moved meanwhile (undo, another window). */
  async #take({ rowId, row, column }: Editing, text: string): Promise<void> {
    const { draft } = this.#project;
    if (!draft || column === 'split') return;
    const old = rowId === null ? null : draft.rows.find(({ id }) => id === rowId);
    if (old === undefined) {
      const number = this.numberOf(row);
      // Only this message still holds the text.
      return showProblem(() => t('data_cell_gone', { row: number, text }), null, 'project');
    }
    if (old ? old[column] === text : text === '') return;
    const made = old ? changeField(draft, old.id, column, text) : addRow(draft, { [column]: text });
    if (await this.#send(made)) this.#shell.rowId = this.rows[this.place.row]?.id ?? null;
  }

  #goOn(editing: Editing, then: Then): void {
    if (then === 'stay') return;
    const lines = this.lines;
    // While typing new rows, Enter alone goes on: input, target, the next row's input.
    const walks = then === 'down' && this.#newRow === editing.row;
    if (walks && editing.column === lines[0] && lines.length > 1) {
      this.edit({ row: editing.row, column: lines[1]! });
    } else if (walks && editing.column === lines.at(-1)) {
      this.edit({ row: editing.row + 1, column: lines[0]! });
    } else if (then === 'next' && editing.column === lines[0] && lines.length > 1) {
      this.edit({ row: editing.row, column: lines[1]! });
    } else if (then === 'before') {
      const at = lines.indexOf(editing.column);
      if (at < 0) this.edit({ row: editing.row, column: lines.at(-1)! });
      else if (at > 0) this.edit({ row: editing.row, column: lines[at - 1]! });
      else this.edit({ row: editing.row - 1, column: lines.at(-1)! });
    } else if (then === 'next') this.edit({ row: editing.row + 1, column: lines[0]! });
    else this.goTo({ row: editing.row + 1, column: editing.column });
  }

  /** Shift Tab in the very first cell leaves the grid. */
  get hasCellBefore(): boolean {
    return this.place.row > 0 || this.place.column !== this.lines[0];
  }

  cancel(): void {
    this.editing = null;
  }

  /**
   * Chooses the split whose name, in English or in the window's language, begins with what was typed in its
   * cell.
   */
  chooseSplit(typed: string): void {
    const wanted = typed.trim().toLowerCase();
    const row = this.rows[this.place.row];
    const { draft } = this.#project;
    const split = splits.find((one) =>
      [one, t(`data_split_${one}`)].some((name) => name.toLowerCase().startsWith(wanted)),
    );
    if (!draft || !row || !split || wanted === '' || split === row.split) return;
    void this.#send(changeSplit(draft, row.id, split));
  }

  /** Removes the rows from one place to another, both included. A notice offers to undo it. */
  async remove(from: number, to = from): Promise<void> {
    const { draft } = this.#project;
    if (!draft) return;
    const { edit, label, places } = removeRange(this.rows, from, to, (row) => this.view.placeOf(row));
    const number = this.numberOf(from);
    const result = await this.#project.edit(edit, label);
    if (!(await report(Promise.resolve(result))) || !result.ok) return;
    this.goTo({ ...this.place, row: from });
    const { revision } = result.value.history;
    const said = () =>
      places.length === 1
        ? t('data_row_deleted', { row: number })
        : t('data_rows_deleted', { count: places.length });
    showToast(said, {
      label: () => t('shell_undo'),
      run: () =>
        void restoreRows(this.#project, revision, places).then(() => this.goToRow(places[0]!.row.id)),
    });
  }

  async duplicate(from: number, to = from): Promise<void> {
    const { draft } = this.#project;
    if (!draft || !(await this.#send(duplicateRange(draft, this.rows, from, to, this.numberOf(from)))))
      return;
    const count = to - from + 1;
    if (count > 1) this.selectRows(to + count, to + 1);
    else this.goTo({ row: to + 1, column: this.place.column });
  }

  /**
   * Moves a row among all rows. While a filter hides rows, the place between two shown rows is ambiguous,
   * so it is refused.
   */
  async move(id: number, to: number): Promise<void> {
    const { draft } = this.#project;
    if (this.view.isFiltered) return showProblem(() => t('data_order_locked'));
    const made = draft && moveRow(draft, id, to);
    if (made && (await this.#send(made))) this.goToRow(id, this.place.column);
  }

  /** Pastes a table at the first of the chosen cells; a single cell fills all of them. */
  async paste(text: string): Promise<void> {
    const { draft } = this.#project;
    if (!draft || text === '') return;
    const pasted = pasteTable(draft, this.rows, this.#start(), this.anchor ? this.range : null, text);
    if (pasted.send && !(await this.#send(pasted.send))) return;
    this.#showPasted(pasted);
  }

  /** The first of the chosen cells. */
  #start(): GridPlace {
    const { range } = this;
    return this.anchor && range ? { row: range.from, column: range.columns[0]! } : this.place;
  }

  #showPasted({ range, notTaken }: Pasted): void {
    const column = range.columns[0];
    if (column) {
      this.goTo({ row: range.from, column });
      if (range.to > range.from || range.columns.length > 1) {
        this.anchor = { row: range.to, column: range.columns.at(-1)! };
      }
    }
    if (notTaken) showProblem(() => notTaken);
  }

  /** The chosen cells in the form that spreadsheets accept. */
  copy(): { text: string; html: string } | null {
    const { range } = this;
    if (!range) return null;
    const table = readCells(this.rows, range);
    return { text: tableText(table), html: tableHtml(table) };
  }

  cut(): { text: string; html: string } | null {
    const copied = this.copy();
    if (copied) void this.act(clearRange);
    return copied;
  }

  /** Applies a change to the chosen cells, if any are chosen. */
  async act(make: typeof clearRange): Promise<void> {
    const { draft } = this.#project;
    const made = draft && this.range && make(draft, this.rows, this.range);
    if (made) await this.#send(made);
  }

  /** Sorts all rows: one step of undo. */
  async sort(by: SortKey, descending: boolean): Promise<void> {
    const { draft } = this.#project;
    if (this.view.isFiltered) return showProblem(() => t('data_order_locked'));
    const edit = draft && sortRows(draft, by, descending);
    if (edit)
      await this.#send({
        edit,
        label: { key: 'edit_rows_sorted', values: { by: sortName(by, this.isLabel) } },
      });
  }

  /** The number of tokens in a text. */
  tokensOf(text: string): number {
    return splitTokens(text, this.#project.draft?.data.tokens ?? 'characters').length;
  }

  filter(change: Partial<RowFilter>): void {
    this.view.apply(change);
    this.follow();
  }

  #send({ edit, label }: LabelledEdit): Promise<boolean> {
    return report(this.#project.edit(edit, label));
  }
}

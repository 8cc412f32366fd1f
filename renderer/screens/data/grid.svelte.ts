import type { DraftRow, Split } from '../../../engine/data/draft.ts';
import { parseRows, rowsAsText } from '../../../engine/formats/table-rows.ts';
import { editedText } from '../../components/edited-text.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { report } from '../../state/report.ts';
import type { ShellState } from '../../state/shell.svelte.ts';
import { showProblem, showToast } from '../../state/toasts.svelte.ts';
import { t } from '../../text/text.svelte.ts';
import {
  addRow,
  changeField,
  changeSplit,
  duplicateRow,
  insertRows,
  type LabelledEdit,
  moveRow,
  type RowField,
  removeRow,
} from './edits.ts';
import { type GridColumn, type GridPlace, gridAct } from './grid-keys.ts';

export interface Editing extends GridPlace {
  /** The row keeps its name while rows move; null: the empty row at the end. */
  rowId: number | null;
  /** What the cell held. */
  text: string;
  /** Its content is changed, or what is typed takes its place. */
  how: 'content' | 'replaced';
}

export const splits: readonly Split[] = ['train', 'validation', 'off'];

/** The grid's cursor, the cell that is being typed into, and what keys, clipboard and buttons do. */
export class GridState {
  readonly #project: ProjectState;
  readonly #shell: ShellState;
  /** The row that was typed last at the end. */
  #newRow: number | null = null;
  place = $state.raw<GridPlace>({ row: 0, column: 'input' });
  editing = $state.raw<Editing | null>(null);
  /** A row being dragged, by its place, and where it would go. */
  drag = $state.raw<{ from: number; to: number } | null>(null);
  /** Gives the keys back to the grid, after a control in it had them. */
  takeKeys: () => void = () => {};

  get rows(): readonly DraftRow[] {
    return this.#project.draft?.rows ?? [];
  }

  get lines(): readonly GridColumn[] {
    return this.#project.draft?.data.task === 'language-model' ? ['input'] : ['input', 'target'];
  }

  get isLabel(): boolean {
    return this.#project.draft?.data.task === 'label';
  }

  /** Rows that are chosen, by their ids. */
  get selectedIds(): ReadonlySet<number> {
    const row = this.rows[this.place.row];
    return new Set(row ? [row.id] : []);
  }

  /** The element of the cell under the cursor. */
  get cellId(): string {
    return `cell-${this.rows[this.place.row]?.id ?? 'new'}-${this.place.column}`;
  }

  constructor(project: ProjectState, shell: ShellState) {
    this.#project = project;
    this.#shell = shell;
  }

  goTo(place: GridPlace): void {
    const row = Math.max(0, Math.min(place.row, this.rows.length));
    const column = this.lines.includes(place.column) || place.column !== 'target' ? place.column : 'input';
    this.place = { row, column };
    this.#shell.rowId = this.rows[row]?.id ?? null;
  }

  /** After rows moved under the cursor (undo, another window) it stays with its row. */
  follow(): void {
    const { rowId } = this.#shell;
    if ((this.rows[this.place.row]?.id ?? null) === rowId) return;
    const row = this.rows.findIndex((one) => one.id === rowId);
    this.goTo(row < 0 ? this.place : { ...this.place, row });
  }

  goToRow(id: number, column: GridColumn = 'input'): void {
    const row = this.rows.findIndex((one) => one.id === id);
    if (row >= 0) this.goTo({ row, column });
  }

  /** False: the key is not the grid's. */
  key(event: KeyboardEvent): boolean {
    const act = gridAct(event, this.place, this.rows.length, this.lines);
    if (!act) return false;
    const row = this.rows[this.place.row];
    switch (act.kind) {
      case 'move':
        this.goTo(act.place);
        return true;
      case 'edit':
        if (row && this.place.column === 'split') document.getElementById(`split-${row.id}`)?.focus();
        else this.edit(this.place);
        return true;
      case 'leave':
        if (event.target instanceof HTMLElement) event.target.blur();
        return true;
      case 'clear':
        if (row && this.place.column !== 'split') void this.#change(this.place, '');
        return true;
      case 'delete-row':
        if (row) void this.remove(row.id);
        return true;
      case 'duplicate-row':
        if (row) void this.duplicate(row.id);
        return true;
      case 'move-row':
        if (row) void this.move(row.id, this.place.row + act.by);
        return true;
    }
  }

  /** Opens the cell with what it holds. */
  edit(place: GridPlace): void {
    this.#open(place, 'content');
  }

  /** Typing on the cell under the cursor begins it anew. */
  replace(): void {
    this.#open(this.place, 'replaced');
  }

  #open(place: GridPlace, how: Editing['how']): void {
    const row = this.rows[place.row];
    // The empty row has a cell for each line alone.
    this.goTo(row || this.lines.includes(place.column) ? place : { ...place, column: this.lines[0]! });
    const { column } = this.place;
    if (column === 'split') return;
    this.editing = { ...this.place, rowId: row?.id ?? null, text: row ? row[column] : '', how };
  }

  /**
   * Takes what stands in the cell's field; `then` says where the cursor goes. A cell that was opened and not typed into
   * stays as it is: no edit, no undo step, the same bytes.
   */
  async commit(inField: string, then: 'stay' | 'down' | 'next'): Promise<void> {
    const { editing } = this;
    if (!editing) return;
    this.editing = null;
    const before = this.rows.length;
    const text = editing.how === 'content' ? editedText(editing.text, inField) : inField;
    // Shown at once, so that what is typed next finds its field.
    const sent = editing.how === 'content' && text === editing.text ? null : this.#take(editing, text);
    if (this.rows.length > before) this.#newRow = editing.row;
    this.#goOn(editing, then);
    await sent;
  }

  /** Rows may have moved meanwhile (undo, another window). */
  async #take({ rowId, row, column }: Editing, text: string): Promise<void> {
    const at = rowId === null ? this.rows.length : this.rows.findIndex(({ id }) => id === rowId);
    if (at >= 0) return this.#change({ row: at, column }, text);
    showProblem(t('data_cell_gone', { row: row + 1, text }));
  }

  #goOn(editing: Editing, then: 'stay' | 'down' | 'next'): void {
    if (then === 'stay') return;
    const lines = this.lines;
    // Who types new rows walks through them with Enter alone: input, target, the next row's input.
    const walks = then === 'down' && this.#newRow === editing.row;
    if (walks && editing.column === lines[0] && lines.length > 1) {
      this.edit({ row: editing.row, column: lines[1]! });
    } else if (walks && editing.column === lines.at(-1)) {
      this.edit({ row: editing.row + 1, column: lines[0]! });
    } else if (then === 'next' && editing.column === lines[0] && lines.length > 1) {
      this.edit({ row: editing.row, column: lines[1]! });
    } else if (then === 'next') this.edit({ row: editing.row + 1, column: lines[0]! });
    else this.goTo({ row: editing.row + 1, column: editing.column });
  }

  cancel(): void {
    this.editing = null;
  }

  /** The split whose name, in English or in the window's language, begins with what was typed on its cell. */
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

  async remove(id: number): Promise<void> {
    const { draft } = this.#project;
    if (!draft) return;
    const { edit, label, row } = removeRow(draft, id);
    const removed = draft.rows[row - 1]!;
    const result = await this.#project.edit(edit, label);
    if (!(await report(Promise.resolve(result))) || !result.ok) return;
    this.goTo(this.place);
    const { revision } = result.value.history;
    showToast(t('data_row_deleted', { row }), {
      label: t('shell_undo'),
      run: () => void this.#restore(revision, row - 1, removed),
    });
  }

  /** Undoes the deletion; after further edits it puts the row back as an edit of its own. */
  async #restore(revision: number, at: number, row: DraftRow): Promise<void> {
    const { history, draft } = this.#project;
    if (history?.revision === revision) await report(this.#project.undo());
    else if (draft) {
      await report(
        this.#project.edit(
          { kind: 'rows.insert', at: Math.min(at, draft.rows.length), rows: [row] },
          { key: 'edit_row_added', values: { row: at + 1 } },
        ),
      );
    }
    this.goToRow(row.id);
  }

  async duplicate(id: number): Promise<void> {
    const { draft } = this.#project;
    if (!draft) return;
    const made = duplicateRow(draft, id);
    if (await this.#send(made)) this.goToRow(made.id, this.place.column);
  }

  async move(id: number, to: number): Promise<void> {
    const { draft } = this.#project;
    const made = draft && moveRow(draft, id, to);
    if (made && (await this.#send(made))) this.goToRow(id, this.place.column);
  }

  /** A table becomes rows under the cursor; a single word goes into the cell. */
  async paste(text: string): Promise<void> {
    const { draft } = this.#project;
    if (!draft || text === '') return;
    const trimmed = text.replace(/\r?\n$/, '');
    if (!/[\t\n]/.test(trimmed) && this.place.column !== 'split') {
      await this.#change(this.place, trimmed);
      return;
    }
    const rows = parseRows(text);
    if (rows.length === 0) return;
    const after = this.rows[this.place.row]?.id ?? null;
    const at = after === null ? this.rows.length : this.place.row + 1;
    if (await this.#send(insertRows(draft, after, rows))) this.goTo({ row: at, column: 'input' });
  }

  /** The row under the cursor as a spreadsheet takes it. */
  copy(): string | null {
    const row = this.rows[this.place.row];
    return row ? rowsAsText([row]) : null;
  }

  async #change(place: GridPlace, text: string): Promise<void> {
    const { draft } = this.#project;
    if (!draft || place.column === 'split') return;
    const field: RowField = place.column;
    const row = draft.rows[place.row];
    if (row ? row[field] === text : text === '') return;
    const made = row ? changeField(draft, row.id, field, text) : addRow(draft, { [field]: text });
    if (await this.#send(made)) this.#shell.rowId = this.rows[place.row]?.id ?? null;
  }

  #send({ edit, label }: LabelledEdit): Promise<boolean> {
    return report(this.#project.edit(edit, label));
  }
}

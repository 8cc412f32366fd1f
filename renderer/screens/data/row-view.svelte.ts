import type { DraftRow, Split } from '../../../engine/data/draft.ts';
import type { ProjectState } from '../../state/project.svelte.ts';

/** Which rows are shown: those that meet all conditions. */
export interface RowFilter {
  /** Only rows with a problem. */
  problems: boolean;
  /** null: rows of any split. */
  split: Split | null;
  /** Text in input, target or note, ignoring case; empty: any row. */
  text: string;
}

export const noFilter: RowFilter = { problems: false, split: null, text: '' };

const noRows: readonly DraftRow[] = [];

/**
 * The rows that are shown. A filter is evaluated once, when it is applied: a row that is fixed stays in
 * sight until the filter is applied again, and new rows are shown. Places are indices among the shown rows;
 * row numbers remain those of the document.
 */
export class RowView {
  readonly #project: ProjectState;
  filter = $state.raw<RowFilter>(noFilter);
  /** Whether the filter bar is open, also while nothing is filtered. */
  isOpen = $state(false);
  /** The bar's field should have the focus; a new object requests it again. */
  asked = $state.raw<object | null>(null);
  /** The ids of rows that did not match when the filter was applied; null: all rows are shown. */
  #hidden = $state.raw<ReadonlySet<number> | null>(null);
  #made: { rows: readonly DraftRow[]; hidden: ReadonlySet<number>; shown: ShownRows } | null = null;

  constructor(project: ProjectState) {
    this.#project = project;
  }

  get isFiltered(): boolean {
    return this.#hidden !== null;
  }

  get all(): readonly DraftRow[] {
    return this.#project.draft?.rows ?? noRows;
  }

  get rows(): readonly DraftRow[] {
    return this.#shown?.rows ?? this.all;
  }

  /** The ids of the shown rows if some are hidden; undefined: all are shown. */
  get ids(): ReadonlySet<number> | undefined {
    return this.#shown?.ids;
  }

  /** A shown row's index among all rows, from 0; for an index past the last one, the number of all rows. */
  placeOf(shown: number): number {
    return this.#shown ? (this.#shown.places[shown] ?? this.all.length) : shown;
  }

  /** Changes the filter and applies it to the current rows. */
  apply(change: Partial<RowFilter> = {}): void {
    const filter = { ...this.filter, ...change };
    this.filter = filter;
    this.isOpen = true;
    if (!filter.problems && filter.split === null && filter.text === '') {
      this.#hidden = null;
      return;
    }
    const keeps = matcher(filter, this.#project.findings.byRow);
    this.#hidden = new Set(this.all.filter((row) => !keeps(row)).map(({ id }) => id));
  }

  /** Opens the bar to type a text that rows must contain. */
  ask(): void {
    this.isOpen = true;
    this.asked = {};
  }

  clear(): void {
    this.apply(noFilter);
    this.isOpen = false;
    this.asked = null;
  }

  /** The result is kept, since every drawn row asks for places. */
  get #shown(): ShownRows | null {
    const hidden = this.#hidden;
    const rows = this.all;
    if (hidden === null) return null;
    if (this.#made?.rows !== rows || this.#made.hidden !== hidden) {
      this.#made = { rows, hidden, shown: shownOf(rows, hidden) };
    }
    return this.#made.shown;
  }
}

interface ShownRows {
  rows: readonly DraftRow[];
  places: readonly number[];
  ids: ReadonlySet<number>;
}

function shownOf(all: readonly DraftRow[], hidden: ReadonlySet<number>): ShownRows {
  const rows: DraftRow[] = [];
  const places: number[] = [];
  all.forEach((row, place) => {
    if (hidden.has(row.id)) return;
    rows.push(row);
    places.push(place);
  });
  return { rows, places, ids: new Set(rows.map(({ id }) => id)) };
}

/** A function that says whether a row meets the filter. */
export function matcher(
  { problems, split, text }: RowFilter,
  byRow: { has(rowId: number): boolean },
): (row: DraftRow) => boolean {
  const wanted = text.toLowerCase();
  const holds = (cell: string) => cell.toLowerCase().includes(wanted);
  return (row) =>
    (!problems || byRow.has(row.id)) &&
    (split === null || row.split === split) &&
    (wanted === '' || holds(row.input) || holds(row.target) || holds(row.note));
}

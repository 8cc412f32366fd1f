import type { DraftRow, Split } from '../../../engine/data/draft.ts';
import type { ProjectState } from '../../state/project.svelte.ts';

/** Which rows are shown: those that keep to all of it. */
export interface RowFilter {
  /** Only rows with a problem. */
  problems: boolean;
  /** null: of any. */
  split: Split | null;
  /** In input, target or note, whatever its case; empty: any. */
  text: string;
}

export const noFilter: RowFilter = { problems: false, split: null, text: '' };

const noRows: readonly DraftRow[] = [];

/**
 * The rows that are shown. A filter looks once, when it is set: a row that is mended under it stays in sight until it is
 * applied again, and new rows are shown. Places count the rows that are shown; row numbers stay the document's.
 */
export class RowView {
  readonly #project: ProjectState;
  filter = $state.raw<RowFilter>(noFilter);
  /** The bar that says it is there, also while nothing is filtered yet, or no more. */
  isOpen = $state(false);
  /** The bar's field is to have the focus; a new object asks again. */
  asked = $state.raw<object | null>(null);
  /** Rows that did not match when the filter was set; null: all are shown. */
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

  /** The shown rows' ids, where some are not shown; undefined: all are. */
  get ids(): ReadonlySet<number> | undefined {
    return this.#shown?.ids;
  }

  /** Where a shown row stands among all, from 0; behind the last one: behind all. */
  placeOf(shown: number): number {
    return this.#shown ? (this.#shown.places[shown] ?? this.all.length) : shown;
  }

  /** Shows what keeps to the filter now. */
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

  /** Opens the bar to type a text that rows must hold. */
  ask(): void {
    this.isOpen = true;
    this.asked = {};
  }

  clear(): void {
    this.apply(noFilter);
    this.isOpen = false;
    this.asked = null;
  }

  /** Kept from one time to the next: places are asked for with every row that is drawn. */
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

/** Whether a row keeps to the filter. */
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

import type { DraftRow } from '../../../../engine/data/draft.ts';
import {
  createKnownSpans,
  type FindColumn,
  type FindHit,
  type FindQuery,
  findHits,
  replaceAll,
  replaceHit,
  tokensOfHits,
} from '../../../../engine/data/find-replace.ts';
import type { Result } from '../../../../engine/errors.ts';
import type { ProjectState } from '../../../state/project.svelte.ts';
import { report, saidProblems } from '../../../state/report.ts';
import type { FindAct } from '../../../state/shell.svelte.ts';
import { showProblem } from '../../../state/toasts.svelte.ts';
import type { GridState } from '../grid.svelte.ts';
import type { Finder, FindScope } from './finder.ts';

/** The indices of a row's tokens to ring: those of all hits, and those of the current hit. */
export interface RowMarks {
  input: ReadonlySet<number>;
  target: ReadonlySet<number>;
  current: { column: FindColumn | null; tokens: ReadonlySet<number> };
}

const nowhere: ReadonlySet<number> = new Set();
const noMarks: RowMarks = { input: nowhere, target: nowhere, current: { column: null, tokens: nowhere } };

type Place = Pick<FindHit, 'row' | 'column' | 'from'>;

/** The search in the samples: what is searched for, what was found, and the current hit. */
export class FindState implements Finder {
  /** Rows are searched at once, without slices. */
  readonly isSearching = false;
  readonly #project: ProjectState;
  readonly #grid: GridState;
  /** Rows that an edit does not change are not searched again. */
  readonly #known = createKnownSpans();
  /**
   * The first hit at or after this place is the current one. The place stays while rows and the search text
   * change.
   */
  #from = $state.raw<Place>({ row: 0, column: 'input', from: 0 });
  isOpen = $state(false);
  /** The field that should have the focus; a new object requests it again. */
  asked = $state.raw<{ field: 'text' | 'by' }>({ field: 'text' });
  text = $state('');
  by = $state('');
  kind = $state<FindQuery['kind']>('plain');
  /** Whether `a` and `A` are different. */
  matchCase = $state(true);
  #scope = $state<FindScope>('both');

  readonly #found = $derived(this.isOpen && this.text !== '' ? this.#findIn(this.scope) : null);
  readonly #index = $derived.by(() => {
    const after = firstWhere(this.hits, (hit) => this.#compare(hit, this.#from) >= 0);
    return after < this.hits.length ? after : 0;
  });

  constructor(project: ProjectState, grid: GridState) {
    this.#project = project;
    this.#grid = grid;
  }

  get hits(): readonly FindHit[] {
    return this.#found?.ok ? this.#found.value : [];
  }

  get count(): number {
    return this.hits.length;
  }

  /** The index of the current hit, from 0. */
  get index(): number {
    return this.#index;
  }

  /** A sentence about why the search cannot be made; null: it can. */
  get problem(): string | null {
    return this.#found && !this.#found.ok ? saidProblems(this.#found.problems) : null;
  }

  /** A language model has inputs only. */
  get scope(): FindScope {
    return this.#grid.lines.length === 1 ? 'input' : this.#scope;
  }

  set scope(scope: FindScope) {
    this.#scope = scope;
    this.reveal();
  }

  /** If the searched side has no hit: how many the other side has; null: the other side has none either. */
  readonly otherSide = $derived.by((): { scope: 'input' | 'target'; count: number } | null => {
    if (!this.#found?.ok || this.hits.length > 0 || this.#grid.lines.length === 1) return null;
    if (this.scope === 'both') return null;
    const scope = this.scope === 'input' ? 'target' : 'input';
    const found = this.#findIn(scope);
    return found.ok && found.value.length > 0 ? { scope, count: found.value.length } : null;
  });

  act(act: FindAct): void {
    if (act === 'next' || act === 'previous') {
      if (this.isOpen && this.text !== '') this.go(act === 'next' ? 1 : -1);
      else this.open('text');
    } else this.open(act === 'find' ? 'text' : 'by');
  }

  open(field: 'text' | 'by'): void {
    if (!this.isOpen)
      this.#from = { row: this.#grid.numberOf(this.#grid.place.row) - 1, column: 'input', from: 0 };
    this.isOpen = true;
    this.asked = { field: this.text === '' ? 'text' : field };
  }

  close(): void {
    this.isOpen = false;
    this.#grid.takeKeys();
  }

  /** Takes the search text as it is typed: the grid goes to the first hit from where the search began. */
  type(text: string): void {
    this.text = text;
    this.reveal();
  }

  /** Brings the current hit into view. */
  reveal(): void {
    const hit = this.hits[this.index];
    const { draft } = this.#project;
    if (!hit || !draft) return;
    const row = draft.rows[hit.row]!;
    const tokens = hit.column === 'note' ? null : tokensOfHits(row, hit.column, draft.data, [hit]);
    this.#grid.goToRow(hit.rowId, hit.column, tokens?.values().next().value ?? null);
  }

  /** Goes to the next or previous hit, wrapping around. */
  go(by: 1 | -1): void {
    const count = this.hits.length;
    const hit = this.hits[(this.index + by + count) % count];
    if (!hit) return;
    this.#from = hit;
    this.reveal();
  }

  async replaceOne(): Promise<void> {
    const { draft } = this.#project;
    const hit = this.hits[this.index];
    if (!draft || !hit) return;
    const made = replaceHit(draft, this.#query(this.scope), hit, this.by);
    if (!made.ok) return showProblem(() => saidProblems(made.problems));
    const { edit, cells } = made.value;
    if (cells === 0) return this.go(1);
    const before = draft.rows[hit.row]![hit.column].length;
    const label = { key: 'edit_found_replaced', values: { text: this.text, row: hit.row + 1 } };
    if (!(await report(this.#project.edit(edit, label)))) return;
    const after = this.#project.draft?.rows[hit.row]?.[hit.column].length ?? 0;
    // The search goes on after the replacement, which may itself contain the search text.
    this.#from = { ...hit, from: Math.max(hit.from, hit.to + after - before) };
    this.reveal();
  }

  async replaceAll(): Promise<void> {
    const { draft } = this.#project;
    if (!draft) return;
    const made = replaceAll(draft, this.#query(this.scope), this.by);
    if (!made.ok) return showProblem(() => saidProblems(made.problems));
    const { edit, cells } = made.value;
    if (cells === 0) return;
    const label = { key: 'edit_found_all_replaced', values: { text: this.text, count: cells } };
    await report(this.#project.edit(edit, label));
  }

  /** What to ring in a row; `place` is its index among all rows, from 0. */
  marksOf(row: DraftRow, place: number): RowMarks {
    const { draft } = this.#project;
    if (this.hits.length === 0 || !draft) return noMarks;
    const first = firstWhere(this.hits, (hit) => hit.row >= place);
    const end = firstWhere(this.hits, (hit) => hit.row > place);
    if (first === end) return noMarks;
    const hits = this.hits.slice(first, end);
    const current = this.hits[this.index];
    const tokensOf = (column: FindColumn, of: readonly FindHit[]) =>
      column === 'note'
        ? nowhere
        : tokensOfHits(
            row,
            column,
            draft.data,
            of.filter((hit) => hit.column === column),
          );
    return {
      input: tokensOf('input', hits),
      target: tokensOf('target', hits),
      current:
        current?.rowId === row.id
          ? { column: current.column, tokens: tokensOf(current.column, [current]) }
          : noMarks.current,
    };
  }

  #query(scope: FindScope): FindQuery {
    const { text, kind, matchCase } = this;
    const { ids: only } = this.#grid.view;
    return {
      text,
      kind,
      matchCase,
      columns: scope === 'both' ? ['input', 'target'] : [scope],
      ...(only && { only }),
    };
  }

  #findIn(scope: FindScope): Result<FindHit[]> {
    return findHits(this.#project.draft!, this.#query(scope), undefined, this.#known);
  }

  #compare(one: Place, other: Place): number {
    const column = ({ column: name }: Place) => (name === 'input' ? 0 : 1);
    return one.row - other.row || column(one) - column(other) || one.from - other.from;
  }
}

/** The first index in a sorted list from which the condition holds; the list's length where it never does. */
function firstWhere<T>(list: readonly T[], isThere: (one: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isThere(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

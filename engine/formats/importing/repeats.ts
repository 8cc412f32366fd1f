/** Finds imported rows that came before, in the file or in the draft that they go to. */
import type { Draft } from '../../data/draft.ts';
import type { ImportChoices, ImportedRow } from './choices.ts';

/** The fields that make a row equal to another. */
type Pair = Pick<ImportedRow, 'input' | 'target'>;

export interface Repeats<Row extends Pair = ImportedRow> {
  /** The rows that will be imported, in order: all except those to be left out. */
  kept: Row[];
  /**
   * Each row that equals an earlier row of the file → that row. A row that the draft has, too, counts only in
   * `present`.
   */
  doubles: Map<Row, Row>;
  /** Rows whose input and target the draft has already; only in mode `append`. */
  present: Row[];
  /** Rows whose input came before with another target. */
  contradictions: Row[];
}

/**
 * The first target of an input and the row that has it (null: a row of the draft), and the same for further targets.
 */
interface Known<Row> {
  target: string;
  row: Row | null;
  others: Map<string, Row | null> | null;
}

/** Finds repeats in O(rows) over the file and the draft. */
export function findRepeats<Row extends Pair>(
  draft: Draft,
  rows: readonly Row[],
  { mode, withoutDoubles, withoutPresent }: Required<ImportChoices>,
): Repeats<Row> {
  const found: Repeats<Row> = { kept: [], doubles: new Map(), present: [], contradictions: [] };
  const known = new Map<string, Known<Row>>();
  const remember = (input: string, target: string, row: Row | null) => {
    const before = known.get(input);
    if (before === undefined) known.set(input, { target, row, others: null });
    else if (before.target !== target) {
      before.others ??= new Map();
      if (!before.others.has(target)) before.others.set(target, row);
    }
  };
  if (mode === 'append') for (const { input, target } of draft.rows) remember(input, target, null);
  for (const row of rows) {
    const before = known.get(row.input);
    const first = before && firstWith(before, row.target);
    if (first === undefined) {
      if (before) found.contradictions.push(row);
      remember(row.input, row.target, row);
    } else if (first === null) found.present.push(row);
    else found.doubles.set(row, first);
    const isOut = first === null ? withoutPresent : first !== undefined && withoutDoubles;
    if (!isOut) found.kept.push(row);
  }
  return found;
}

/** The row with this target; null: the draft has it; undefined: no row has it. */
function firstWith<Row>({ target, row, others }: Known<Row>, wanted: string): Row | null | undefined {
  return target === wanted ? row : others?.get(wanted);
}

/** The rows that will be imported; the given list itself where none is to be left out. */
export function rowsToTake<Row extends Pair>(
  draft: Draft,
  rows: readonly Row[],
  choices: Required<ImportChoices>,
): readonly Row[] {
  const { withoutDoubles, withoutPresent, mode } = choices;
  if (!withoutDoubles && !(withoutPresent && mode === 'append')) return rows;
  return findRepeats(draft, rows, choices).kept;
}

/** Rows that come in and came before: in the file, or in the draft that they go to. */
import type { Draft } from '../../data/draft.ts';
import type { ImportChoices, ImportedRow } from './choices.ts';

/** What of a row tells it from others. */
type Pair = Pick<ImportedRow, 'input' | 'target'>;

export interface Repeats<Row extends Pair = ImportedRow> {
  /** The rows that come in, in their order: without what is to stay out. */
  kept: Row[];
  /** Rows that are equal to one before in the file → that row. One that is in the draft too counts there alone. */
  doubles: Map<Row, Row>;
  /** Rows whose input and target are in the draft, where they come after its rows. */
  present: Row[];
  /** Rows whose input came before with another target. */
  contradictions: Row[];
}

/** An input's first target and the row that has it, null where that is the draft's; and of further targets the same. */
interface Known<Row> {
  target: string;
  row: Row | null;
  others: Map<string, Row | null> | null;
}

/** O(rows) over the file and the draft. */
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

/** null: the draft has it; undefined: nothing has. */
function firstWith<Row>({ target, row, others }: Known<Row>, wanted: string): Row | null | undefined {
  return target === wanted ? row : others?.get(wanted);
}

/** The rows that come in: the file's own where nothing is to stay out. */
export function rowsToTake<Row extends Pair>(
  draft: Draft,
  rows: readonly Row[],
  choices: Required<ImportChoices>,
): readonly Row[] {
  const { withoutDoubles, withoutPresent, mode } = choices;
  if (!withoutDoubles && !(withoutPresent && mode === 'append')) return rows;
  return findRepeats(draft, rows, choices).kept;
}

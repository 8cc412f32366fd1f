/** How many rows of an import something is said of, and which are the first of them. */
import type { Problem } from '../../errors.ts';
import type { ImportedRow } from './choices.ts';
import type { RecordProblem } from './read-records.ts';

export interface Counted {
  count: number;
  /** The first of them. */
  records: number[];
}

export interface CountedProblem extends Counted {
  code: string;
  /** The first one's sentence. */
  first: Problem;
}

const shownRecords = 1000;

export const counted = (rows: readonly ImportedRow[]): Counted => ({
  count: rows.length,
  records: rows.slice(0, shownRecords).map(({ record }) => record),
});

/** Each kind of problem once, the most frequent first; several of one kind in a row count once. */
export function countProblems(found: readonly RecordProblem[]): CountedProblem[] {
  const kinds = new Map<string, CountedProblem & { last: number | null }>();
  for (const { record, problem } of found) {
    const kind = kinds.get(problem.code) ?? {
      code: problem.code,
      count: 0,
      records: [],
      first: problem,
      last: -1,
    };
    kinds.set(problem.code, kind);
    // Two wrong tokens of one row are one row with that problem.
    if (record !== null && record === kind.last) continue;
    kind.last = record;
    kind.count++;
    if (record !== null && kind.records.length < shownRecords) kind.records.push(record);
  }
  return [...kinds.values()].map(({ last: _, ...kind }) => kind).sort((a, b) => b.count - a.count);
}

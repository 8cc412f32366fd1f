/** Counts the rows of an import that have a property or a problem, and lists the first of them. */
import type { Problem } from '../../errors.ts';
import type { ImportedRow } from './choices.ts';
import type { RecordProblem } from './read-records.ts';

export interface Counted {
  count: number;
  /** Record numbers of the first ones. */
  records: number[];
}

export interface CountedProblem extends Counted {
  code: string;
  /** The problem of the first one. */
  first: Problem;
}

const shownRecords = 1000;

export const counted = (rows: readonly ImportedRow[]): Counted => ({
  count: rows.length,
  records: rows.slice(0, shownRecords).map(({ record }) => record),
});

/** Lists each kind of problem once, the most frequent first; several problems of one kind in a row count once. */
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
    // Two wrong tokens in one row are one row with that problem.
    if (record !== null && record === kind.last) continue;
    kind.last = record;
    kind.count++;
    if (record !== null && kind.records.length < shownRecords) kind.records.push(record);
  }
  return [...kinds.values()].map(({ last: _, ...kind }) => kind).sort((a, b) => b.count - a.count);
}

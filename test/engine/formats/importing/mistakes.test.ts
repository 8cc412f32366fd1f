/** Files that come by mistake: under the name of another kind, or with nothing but blank lines. */
import { describe, expect, it } from 'vitest';
import { plan, planned, rowsOf } from './read.ts';

describe('a file by mistake', () => {
  it('of JSON under the name of a table is read as JSON; fields in brackets are none', () => {
    expect(rowsOf(planned('x.csv', '[{"input":"ab","target":"ba"}]'))).toEqual(['ab→ba:train']);
    const lines = '{"input":"ab","target":"ba"}\n{"input":"c","target":"d"}\n';
    expect(rowsOf(planned('x.tsv', lines))).toEqual(['ab→ba:train', 'c→d:train']);
    expect(rowsOf(planned('x.csv', '[],()\n{},[]\n'))).toEqual(['[]→():train', '{}→[]:train']);
  });

  it('of blank lines numbers its records past any count of them, and alone is refused', () => {
    const made = planned('x.csv', `${'\n'.repeat(2_500_000)}ab,cd\n\n\nef,gh\n`, { header: false });
    const records = made.content.kind === 'rows' ? made.content.rows.map(({ record }) => record) : [];
    expect(records).toEqual([2_500_001, 2_500_004]);
    expect(plan('x.csv', '\r\n'.repeat(1_500_000)).ok).toBe(false);
  });
});

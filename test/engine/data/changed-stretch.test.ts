/** Outside of the changed stretch two lists are the same, and the stretch is no longer than needed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedStretch } from '../../../engine/data/changed-stretch.ts';

const lists = fc.array(fc.nat(3), { maxLength: 8 });

describe('the changed stretch of two lists', () => {
  it('has the same things before and after it, and others at its ends', () => {
    fc.assert(
      fc.property(lists, lists, (one, other) => {
        const { from, before, after } = changedStretch(one, other);
        expect(one.slice(0, from)).toEqual(other.slice(0, from));
        expect(one.slice(before)).toEqual(other.slice(after));
        if (from === before || from === after) return;
        expect(one[from]).not.toBe(other[from]);
        expect(one[before - 1]).not.toBe(other[after - 1]);
      }),
    );
  });

  it('is empty for equal lists, and one row for a changed row', () => {
    expect(changedStretch([1, 2, 3], [1, 2, 3])).toEqual({ from: 3, before: 3, after: 3 });
    expect(changedStretch([1, 2, 3], [1, 9, 3])).toEqual({ from: 1, before: 2, after: 2 });
    expect(changedStretch([1, 1], [1, 1, 1])).toEqual({ from: 2, before: 2, after: 3 });
  });
});

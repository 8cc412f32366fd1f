import { describe, expect, it } from 'vitest';
import { createPacking, packEqual, packFalling } from '../../../engine/tensor/packing.ts';

function falling(lengths: number[]) {
  const packing = createPacking(lengths[0]!);
  packFalling(packing, Int32Array.from(lengths), lengths.length);
  return packing;
}

describe('packing', () => {
  it.each([
    { lengths: [3], starts: [0, 1, 2, 3] },
    { lengths: [2, 2, 2], starts: [0, 3, 6] },
    // t = 0: all three sequences; t = 1: two; t = 2 and 3: one.
    { lengths: [4, 2, 1], starts: [0, 3, 5, 6, 7] },
    { lengths: [3, 3, 1, 1], starts: [0, 4, 6, 8] },
  ])('$lengths', ({ lengths, starts }) => {
    const packing = falling(lengths);
    expect([...packing.starts.subarray(0, packing.T + 1)]).toEqual(starts);
    expect(packing).toMatchObject({ T: lengths[0], B: lengths.length, N: starts.at(-1) });
  });

  it('packs equal lengths as [T, B]', () => {
    const equal = createPacking(3);
    packEqual(equal, 3, 4);
    expect(equal).toEqual(falling([3, 3, 3, 3]));
  });

  it('has room for a shorter batch after a longer one', () => {
    const packing = createPacking(4);
    packEqual(packing, 4, 2);
    packFalling(packing, Int32Array.of(2, 1), 2);
    expect(packing).toMatchObject({ T: 2, B: 2, N: 3 });
  });
});

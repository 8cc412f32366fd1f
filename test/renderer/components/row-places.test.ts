/** A list shows each row in sight once, in elements that do not move while it is scrolled. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../renderer/components/row-places.ts';

describe('the rows that a list draws', () => {
  it('are those from the first, each once, with row i in element i modulo their number', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 30 }), fc.nat(1000), (first, slots, settled) => {
        const places = placesOf(first, slots, settled);
        expect([...places].sort((a, b) => a - b)).toEqual(Array.from({ length: slots }, (_, i) => first + i));
        // The order of the elements is the one at rest, whatever rows they show now.
        expect(places.map((row) => row % slots)).toEqual(
          placesOf(settled, slots, settled).map((row) => row % slots),
        );
      }),
    );
  });

  it('stand in their order at rest', () => {
    expect(placesOf(7, 3, 7)).toEqual([7, 8, 9]);
    expect(placesOf(8, 3, 7)).toEqual([10, 8, 9]);
    expect(placesOf(0, 0, 0)).toEqual([]);
  });
});

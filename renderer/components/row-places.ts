/**
 * The rows that a list draws, in the order of their elements in the document. Row i has the element i modulo `slots`.
 * `settled` is the first row at a time when the elements were in the order of their rows; since then they have not
 * moved, whatever rows they show.
 */
export function placesOf(first: number, slots: number, settled: number): number[] {
  return Array.from({ length: slots }, (_, i) => {
    const element = (settled + i) % slots;
    return first + ((((element - first) % slots) + slots) % slots);
  });
}

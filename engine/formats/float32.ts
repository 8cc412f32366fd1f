/**
 * The number with the shortest decimal text that reads back to the same float32: 0.1 for fround(0.1), which as a
 * double is 0.10000000149011612. Zeros keep their sign. Throws where the value is not a finite float32.
 */
export function shortestFloat32(value: number): number {
  if (Math.fround(value) !== value || !Number.isFinite(value))
    throw new Error(`${value} is not a finite float32`);
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return value;
  // Most numbers need 8 or 9 digits, and 9 always suffice. If p digits suffice, so do p + 1: they come as near or
  // nearer.
  let shortest = readBack(value, 8);
  if (shortest === null) return readBackAbove(value, 8) ?? readBack(value, 9)!;
  for (let digits = 7; digits > 0; digits--) {
    const shorter = readBack(value, digits);
    if (shorter === null) break;
    shortest = shorter;
  }
  return shortest;
}

/** The value rounded to this many digits, where that reads back to the same float32; else null. */
function readBack(value: number, digits: number): number | null {
  const rounded = Number(value.toPrecision(digits));
  return Math.fround(rounded) === value ? rounded : null;
}

/**
 * Float32s are twice as far apart above a power of two as below it, so the decimal on the far side may read back
 * where the nearest one does not (2⁻⁹⁶, 2⁸⁷, 2⁹⁰).
 */
function readBackAbove(value: number, digits: number): number | null {
  if (!Number.isInteger(Math.log2(Math.abs(value)))) return null;
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const sign = value < 0 ? -1 : 1;
  const next = Number(`${Number(mantissa!.replace('.', '')) + sign}e${Number(exponent) - digits + 1}`);
  return Math.fround(next) === value ? next : null;
}

/** A number that is a float32 (such as a loss or a norm) by its shortest decimal; any other number unchanged. */
export function shortestNumber(value: number): number {
  return Number.isFinite(value) && Math.fround(value) === value ? shortestFloat32(value) : value;
}

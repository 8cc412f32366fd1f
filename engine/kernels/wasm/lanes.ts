/**
 * exp, sigmoid and tanh of four float32 at a time, within about 2e-7 of the exact value, and loads and stores of
 * four lanes or of one. The last values of a row go through the same arithmetic, so they get the same bits. NaN
 * passes through all functions.
 */

// Reading a constant is cheaper than building it at each use.
const table = memory.data<f32>([
  1, 0.625, 1.44269504088896341, 12582912, 0.693359375, -2.12194440e-4, -87.3, 88,
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  2, -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1,
]);
const exponentBias = memory.data<i32>([127]);
const signBit = memory.data<u32>([0x80000000]);

@inline function constant(index: i32): v128 {
  return v128.load32_splat(table + (index << 2));
}

/** a b + c, rounded once where the machine can do that. */
@inline export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

@inline export function one(): v128 {
  return constant(0);
}

/** eˣ = 2ⁿ eʳ with n = ⌊x / ln 2⌉ and |r| ≤ ln 2 / 2 (Cephes expf). */
@inline export function exp4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, constant(6)), constant(7));
  // Adding 1.5 · 2²³ rounds to a whole number and leaves it in the low bits.
  const shifted = multiplyAdd(x, constant(2), constant(3));
  const n = f32x4.sub(shifted, constant(3));
  const r = f32x4.relaxed_nmadd(n, constant(5), f32x4.relaxed_nmadd(n, constant(4), x));
  let p = multiplyAdd(constant(8), r, constant(9));
  p = multiplyAdd(p, r, constant(10));
  p = multiplyAdd(p, r, constant(11));
  p = multiplyAdd(p, r, constant(12));
  p = multiplyAdd(p, r, constant(13));
  p = multiplyAdd(p, f32x4.mul(r, r), f32x4.add(r, constant(0)));
  return f32x4.mul(p, i32x4.shl(i32x4.add(shifted, v128.load32_splat(exponentBias)), 23));
}

/** σ(x) = 1 / (1 + e⁻ˣ). */
@inline export function sigmoid4(x: v128): v128 {
  return f32x4.div(constant(0), f32x4.add(constant(0), exp4(f32x4.neg(x))));
}

/** tanh |x| = 1 − 2 / (e^2|x| + 1), and below 0.625, where that cancels, x + x³ P(x²) (Cephes tanhf). */
@inline export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const big = f32x4.sub(one(), f32x4.div(constant(14), f32x4.add(exp4(f32x4.add(size, size)), one())));
  const z = f32x4.mul(x, x);
  let p = multiplyAdd(constant(15), z, constant(16));
  p = multiplyAdd(p, z, constant(17));
  p = multiplyAdd(p, z, constant(18));
  p = multiplyAdd(p, z, constant(19));
  const small = multiplyAdd(f32x4.mul(p, z), x, x);
  const signed = v128.or(big, v128.and(x, v128.load32_splat(signBit)));
  return v128.bitselect(small, signed, f32x4.lt(size, constant(1)));
}

/**
 * Loads 4 lanes, or 1. A single value is copied to all four lanes, so that no lane computes with an invented number:
 * with zeros, an update without eps would compute 0 / 0.
 */
@inline export function loadLanes(at: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(at) : v128.load32_splat(at);
}

@inline export function storeLanes(at: usize, value: v128, lanes: i32): void {
  if (lanes == 4) v128.store(at, value);
  else v128.store32_lane(at, value, 0);
}

/** The sum of the four lanes. */
@inline export function sumLanes(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

export function applyExp(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i++) storeLanes(y + (i << 2), exp4(loadLanes(x + (i << 2), 1)), 1);
}
export function applySigmoid(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i++) storeLanes(y + (i << 2), sigmoid4(loadLanes(x + (i << 2), 1)), 1);
}
export function applyTanh(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i++) storeLanes(y + (i << 2), tanh4(loadLanes(x + (i << 2), 1)), 1);
}

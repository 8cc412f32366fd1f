/**
 * Standard normal numbers as torch.Tensor.normal_ draws them for 16 values or more: ATen's normal_fill with AVX2
 * (aten/src/ATen/native/cpu/DistributionTemplates.h), whose log, sin and cos are those of Cephes in float32
 * (avx_mathfun.h; S. L. Moshier, Methods and Programs for Mathematical Functions, 1989). Every operation is rounded
 * as there, and products into sums are rounded once, as its compiler fuses them. The numbers therefore have the same
 * bits.
 */
import type { Floats } from './floats.ts';

const { fround } = Math;

/** a·b + c, rounded once: the product of two float32 numbers is exact in a double. */
const fused = (a: number, b: number, c: number): number => fround(a * b + c);

/** Box–Muller in place on 16 uniforms in [0, 1): the first eight give the radii, the last eight the angles. */
export function normalBlock(values: Floats, at: number): void {
  for (let j = at; j < at + 8; j++) {
    const radius = fround(Math.sqrt(fround(-2 * log(fround(1 - values[j]!)))));
    const angle = fround(fround(2 * Math.PI) * values[j + 8]!);
    sinCos(angle);
    values[j] = fround(radius * pair.cos);
    values[j + 8] = fround(radius * pair.sin);
  }
}

const bits = new DataView(new ArrayBuffer(4));
const smallestNormal = 2 ** -126;
const rootOfHalf = fround(Math.SQRT1_2);
/** ln 2 in two parts. */
const ln2High = fround(0.693359375);
const ln2Low = fround(-2.1219444e-4);
/** Coefficients of ln(1 + x) / x³ − 1/x² + 1/(2x), from the highest power down. */
const logTerms = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround);

/** ln x for x > 0: the part of the exponent, plus a polynomial of the mantissa between √½ and √2. */
function log(value: number): number {
  bits.setFloat32(0, Math.max(value, smallestNormal));
  const word = bits.getInt32(0);
  bits.setInt32(0, (word & 0x7fffff) | 0x3f000000);
  const mantissa = bits.getFloat32(0);
  const isSmall = mantissa < rootOfHalf;
  const exponent = (word >>> 23) - 126 - (isSmall ? 1 : 0);
  const x = fround(fround(mantissa - 1) + (isSmall ? mantissa : 0));
  const square = fround(x * x);
  let y = fround(polynomial(logTerms, x) * x);
  y = fused(y, square, fround(exponent * ln2Low));
  y = fused(-square, 0.5, y);
  return fused(exponent, ln2High, fround(x + y));
}

const pair = { sin: 0, cos: 0 };
const fourOverPi = fround(1.27323954473516);
/** −π/4 in three parts. */
const quarterTurn = [-0.78515625, -2.4187564849853516e-4, -3.774894977445941e-8].map(fround);
const sinTerms = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround);
const cosTerms = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(fround);

/**
 * Stores sine and cosine in `pair`, for angles ≥ 0. Two polynomials take what remains after the nearest even number
 * of eighth turns.
 */
function sinCos(angle: number): void {
  const eighths = (Math.trunc(fround(angle * fourOverPi)) + 1) & ~1;
  const x = quarterTurn.reduce((rest, part) => fused(eighths, part, rest), angle);
  const square = fround(x * x);
  const nearSin = fused(fround(polynomial(sinTerms, square) * square), x, x);
  const nearCos = fround(
    fused(fround(polynomial(cosTerms, square) * square), square, -fround(square * 0.5)) + 1,
  );
  const isQuarter = (eighths & 2) !== 0;
  const sin = isQuarter ? nearCos : nearSin;
  const cos = isQuarter ? nearSin : nearCos;
  pair.sin = (eighths & 4) === 0 ? sin : -sin;
  pair.cos = (~(eighths - 2) & 4) === 0 ? cos : -cos;
}

/** Horner's rule. */
function polynomial(terms: readonly number[], x: number): number {
  let sum = terms[0]!;
  for (let i = 1; i < terms.length; i++) sum = fused(sum, x, terms[i]!);
  return sum;
}

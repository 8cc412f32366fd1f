/**
 * PyTorch's random numbers on the CPU, draw by draw: those of the default generator after `torch.manual_seed(seed)`.
 * Sources: ATen/core/MT19937RNGEngine.h, ATen/core/TransformationHelper.h, ATen/native/cpu/DistributionTemplates.h;
 * checked against test/fixtures/pytorch/random.json.
 */
import type { Floats } from './floats.ts';
import { normalBlock } from './normal.ts';

export interface RandomGenerator {
  /** The next 32 bits. */
  next(): number;
  /** torch.Tensor.uniform_(from, to) on float32: one draw per value, row-major. */
  uniform(values: Floats, from: number, to: number): void;
  /** torch.Tensor.normal_(0, 1) on float32. */
  normal(values: Floats): void;
  /** torch.randperm(n). */
  permutation(n: number): Int32Array; // [n]
  /** A double in [0, 1) from 53 random bits. */
  double(): number;
  state(): GeneratorState;
}

export interface GeneratorState {
  /** MT19937's words. */
  words: Uint32Array; // [624]
  /** Words already used since the last twist. */
  used: number;
  /** The sine of the last pair of normals, not yet returned. */
  keptNormal: number | null;
}

const wordCount = 624;
const twistDistance = 397;

/** torch.manual_seed(seed), or a generator that continues from a saved state. */
export function createGenerator(from: number | GeneratorState): RandomGenerator {
  const words = typeof from === 'number' ? seeded(from) : from.words.slice();
  let used = typeof from === 'number' ? wordCount : from.used;
  let keptNormal = typeof from === 'number' ? null : from.keptNormal;

  function next(): number {
    if (used === wordCount) {
      twist(words);
      used = 0;
    }
    let y = words[used++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  function uniform(values: Floats, from: number, to: number): void {
    const low = Math.fround(from);
    const width = Math.fround(Math.fround(to) - low);
    for (let i = 0; i < values.length; i++) {
      const u = (next() & 0xffffff) * 2 ** -24;
      values[i] = Math.fround(u * width + low);
    }
  }

  function double(): number {
    const high = next() & 0x1fffff;
    return (high * 2 ** 32 + next()) * 2 ** -53;
  }

  /** Box–Muller in doubles; the sine of each pair is kept for the next call. */
  function oneNormal(): number {
    if (keptNormal !== null) {
      const kept = keptNormal;
      keptNormal = null;
      return kept;
    }
    const u1 = double();
    const u2 = double();
    const radius = Math.sqrt(-2 * Math.log1p(-u2));
    keptNormal = radius * Math.sin(2 * Math.PI * u1);
    return radius * Math.cos(2 * Math.PI * u1);
  }

  function normal(values: Floats): void {
    const count = values.length;
    if (count < 16) {
      for (let i = 0; i < count; i++) values[i] = Math.fround(oneNormal());
      return;
    }
    uniform(values, 0, 1);
    for (let i = 0; i + 16 <= count; i += 16) normalBlock(values, i);
    if (count % 16 !== 0) {
      const last = values.subarray(count - 16);
      uniform(last, 0, 1);
      normalBlock(last, 0);
    }
  }

  function permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < n - 1; i++) {
      const j = i + (next() % (n - i));
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }

  return {
    next,
    uniform,
    normal,
    permutation,
    double,
    state: () => ({ words: words.slice(), used, keptNormal }),
  };
}

/** MT19937's init_genrand(seed mod 2³²). */
function seeded(seed: number): Uint32Array {
  const words = new Uint32Array(wordCount);
  words[0] = seed % 2 ** 32;
  for (let i = 1; i < wordCount; i++) {
    const previous = words[i - 1]!;
    words[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
  }
  return words;
}

function twist(words: Uint32Array): void {
  for (let i = 0; i < wordCount; i++) {
    const y = (words[i]! & 0x80000000) | (words[(i + 1) % wordCount]! & 0x7fffffff);
    words[i] = words[(i + twistDistance) % wordCount]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}

/**
 * σ and tanh over rows. Each turn handles two vectors, with all loads before the stores, so that V8 can pair them
 * into one of 256 bits.
 */
import { loadLanes as load4, sigmoid4, storeLanes as store4, tanh4 } from './lanes';

/** y = σ(y + x). */
export function sigmoidOfSum(y: usize, x: usize, count: i32): void {
  const end = y + (count << 2);
  for (; y + 32 <= end; y += 32, x += 32) {
    const s0 = sigmoid4(f32x4.add(v128.load(y), v128.load(x)));
    const s1 = sigmoid4(f32x4.add(v128.load(y, 16), v128.load(x, 16)));
    v128.store(y, s0);
    v128.store(y, s1, 16);
  }
  for (; y + 16 <= end; y += 16, x += 16) store4(y, sigmoid4(f32x4.add(load4(y, 4), load4(x, 4))), 4);
  for (; y < end; y += 4, x += 4) store4(y, sigmoid4(f32x4.add(load4(y, 1), load4(x, 1))), 1);
}

/** y = tanh(a + b). */
export function tanhOfSum(y: usize, a: usize, b: usize, count: i32): void {
  const end = y + (count << 2);
  for (; y + 32 <= end; y += 32, a += 32, b += 32) {
    const s0 = tanh4(f32x4.add(v128.load(a), v128.load(b)));
    const s1 = tanh4(f32x4.add(v128.load(a, 16), v128.load(b, 16)));
    v128.store(y, s0);
    v128.store(y, s1, 16);
  }
  for (; y + 16 <= end; y += 16, a += 16, b += 16) store4(y, tanh4(f32x4.add(load4(a, 4), load4(b, 4))), 4);
  for (; y < end; y += 4, a += 4, b += 4) store4(y, tanh4(f32x4.add(load4(a, 1), load4(b, 1))), 1);
}

/** y = tanh(x). */
export function tanhOf(y: usize, x: usize, count: i32): void {
  const end = y + (count << 2);
  for (; y + 32 <= end; y += 32, x += 32) {
    const s0 = tanh4(v128.load(x));
    const s1 = tanh4(v128.load(x, 16));
    v128.store(y, s0);
    v128.store(y, s1, 16);
  }
  for (; y + 16 <= end; y += 16, x += 16) store4(y, tanh4(load4(x, 4)), 4);
  for (; y < end; y += 4, x += 4) store4(y, tanh4(load4(x, 1)), 1);
}

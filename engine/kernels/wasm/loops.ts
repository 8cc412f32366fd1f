/** Copies and sums of rows. */
import { loadLanes as load4, storeLanes as store4 } from './lanes';

/** Copies count values. It is a loop because memory.copy leaves the module, which costs more than a short row. */
export function copyFloats(to: usize, from: usize, count: i32): void {
  const end: usize = count << 2;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < end; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/** to += from. */
export function addFloats(to: usize, from: usize, count: i32): void {
  const end: usize = count << 2;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) addLanes(to + i, from + i, 4);
  for (; i < end; i += 4) addLanes(to + i, from + i, 1);
}

@inline function addLanes(to: usize, from: usize, lanes: i32): void {
  store4(to, f32x4.add(load4(to, lanes), load4(from, lanes)), lanes);
}

/** to = a ⊙ b. */
export function multiplyFloats(to: usize, a: usize, b: usize, count: i32): void {
  const end: usize = count << 2;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) store4(to + i, f32x4.mul(load4(a + i, 4), load4(b + i, 4)), 4);
  for (; i < end; i += 4) store4(to + i, f32x4.mul(load4(a + i, 1), load4(b + i, 1)), 1);
}

export function clearFloats(at: usize, count: i32): void {
  if (count > 64) memory.fill(at, 0, count << 2);
  else for (let i = 0; i < count; i++) store<f32>(at + (i << 2), 0);
}

/** Total norm and torch.optim's update rules over the flat buffers, as in engine/training/{clip,optimizers}.ts. */
import { loadLanes as load4, multiplyAdd, storeLanes as store4, sumLanes } from './lanes';
import { copyFloats } from './loops';
import { Optimizer, Training } from './structs';
import { barrier, shareFrom, shareTo } from './threads';

/** Squares are summed in float32 over blocks of this many values, and the blocks' sums in float64. */
const normBlock = 4096;

/** The 2-norm over all gradients; not finite where a gradient is not finite. */
export function totalNorm(t: Training): f64 {
  const blocks = (t.P + normBlock - 1) / normBlock;
  for (let k = shareFrom(blocks, 1); k < shareTo(blocks, 1); k++) {
    const at = t.gradients + k * (normBlock << 2);
    store<f64>(t.partialNorms + (k << 3), sumOfSquares(at, min(normBlock, t.P - k * normBlock)));
  }
  barrier();
  let sum: f64 = 0;
  for (let k = 0; k < blocks; k++) sum += load<f64>(t.partialNorms + (k << 3));
  return Math.sqrt(sum);
}

function sumOfSquares(at: usize, count: i32): f64 {
  const end: usize = count << 2;
  let s0 = f32x4.splat(0), s1 = s0;
  let i: usize = 0;
  for (; i + 32 <= end; i += 32) {
    const a = v128.load(at + i), b = v128.load(at + i, 16);
    s0 = multiplyAdd(a, a, s0);
    s1 = multiplyAdd(b, b, s1);
  }
  let sum = <f64>sumLanes(s0) + <f64>sumLanes(s1);
  // Float32 could not hold the squares; they are summed once more in float64.
  if (!isFinite(sum)) {
    sum = 0;
    i = 0;
  }
  for (; i < end; i += 4) sum += <f64>load<f32>(at + i) * <f64>load<f32>(at + i);
  return sum;
}

/**
 * Does one update, with the gradients multiplied by `scale` first, and keeps the values from before. Returns 0 where
 * all new values of this thread's share are finite, else NaN.
 */
export function update(t: Training, fromInitialState: bool, lr: f64, scale: f32): f32 {
  let bad: f32 = 0;
  for (let at = t.optimizers; at != 0; at = changetype<Optimizer>(at).next) {
    const o = changetype<Optimizer>(at);
    const from: usize = shareFrom(o.count, 4) << 2;
    const end: usize = shareTo(o.count, 4) << 2;
    if (o.ofInitialState && !fromInitialState) {
      copyFloats(t.valuesBefore + (o.at << 2) + from, t.values + (o.at << 2) + from, <i32>(end - from) >> 2);
    } else if (o.kind == 0) {
      bad += sgd(t, o, from, end, <f32>lr, scale);
    } else if (o.kind == 3) {
      bad += rmsprop(t, o, from, end, <f32>lr, scale);
    } else {
      bad += adam(t, o, from, end, lr, scale);
    }
  }
  return bad;
}

/** Counts the update, after all threads have done it. */
export function countUpdate(t: Training, fromInitialState: bool): void {
  for (let at = t.optimizers; at != 0; at = changetype<Optimizer>(at).next) {
    const o = changetype<Optimizer>(at);
    if (fromInitialState || !o.ofInitialState) o.steps++;
  }
}

/** The gradient as the rule uses it: scaled, plus λ θ. */
@inline function gradientAt(t: Training, i: usize, value: v128, scale: v128, decay: v128, lanes: i32): v128 {
  return multiplyAdd(decay, value, f32x4.mul(load4(t.gradients + i, lanes), scale));
}

/** Stores the value; returns value − value, which is 0 where the value is finite. */
@inline function storeValue(t: Training, i: usize, before: v128, value: v128, lanes: i32): v128 {
  store4(t.valuesBefore + i, before, lanes);
  store4(t.values + i, value, lanes);
  return f32x4.sub(value, value);
}

function sgd(t: Training, o: Optimizer, from: usize, end: usize, lr: f32, scale: f32): f32 {
  let bad = f32x4.splat(0);
  let i = from;
  for (; i + 16 <= end; i += 16) bad = f32x4.add(bad, sgdLanes(t, o, i, lr, scale, 4));
  for (; i < end; i += 4) bad = f32x4.add(bad, sgdLanes(t, o, i, lr, scale, 1));
  return sumLanes(bad);
}

/** With momentum: b ← μ b + g (b ← g at the first update); g ← b, or g + μ b with nesterov. θ ← θ − lr g. */
@inline function sgdLanes(t: Training, o: Optimizer, i: usize, lr: f32, scale: f32, lanes: i32): v128 {
  const value = load4(t.values + i + (o.at << 2), lanes);
  let g = gradientAt(t, i + (o.at << 2), value, f32x4.splat(scale), f32x4.splat(<f32>o.weightDecay), lanes);
  if (o.momentum != 0) {
    const momentum = f32x4.splat(<f32>o.momentum);
    const b = o.steps == 0 ? g : multiplyAdd(momentum, load4(o.first + i, lanes), g);
    store4(o.first + i, b, lanes);
    g = o.nesterov ? multiplyAdd(momentum, b, g) : b;
  }
  return storeValue(t, i + (o.at << 2), value, f32x4.sub(value, f32x4.mul(f32x4.splat(lr), g)), lanes);
}

/** m ← m + (1 − β₁)(g − m), v ← β₂ v + (1 − β₂) g², θ ← θ − step · m / (√v · correction + ε). */
function adam(t: Training, o: Optimizer, from: usize, end: usize, lr: f64, scale: f32): f32 {
  const shrink = f32x4.splat(o.kind == 2 ? <f32>(1 - lr * o.weightDecay) : 1);
  const decay = f32x4.splat(o.kind == 1 ? <f32>o.weightDecay : 0);
  const step = f32x4.splat(<f32>(lr / (1 - power(o.beta1, o.steps + 1))));
  const correction = f32x4.splat(<f32>(1 / Math.sqrt(1 - power(o.beta2, o.steps + 1))));
  const keep1 = f32x4.splat(<f32>(1 - o.beta1)), beta2 = f32x4.splat(<f32>o.beta2);
  const keep2 = f32x4.splat(<f32>(1 - o.beta2)), eps = f32x4.splat(<f32>o.eps), scales = f32x4.splat(scale);
  const place = <usize>o.at << 2;
  let bad = f32x4.splat(0);
  let i = from;
  // Two vectors at a time, with all loads before the stores, which V8 can pair into one of 256 bits.
  for (; i + 32 <= end; i += 32) {
    const x = t.values + place + i, m = o.first + i, v = o.second + i;
    const before0 = v128.load(x), before1 = v128.load(x, 16);
    const value0 = f32x4.mul(before0, shrink), value1 = f32x4.mul(before1, shrink);
    const g0 = gradientAt(t, place + i, value0, scales, decay, 4);
    const g1 = gradientAt(t, place + i + 16, value1, scales, decay, 4);
    const m0 = moment(v128.load(m), g0, keep1), m1 = moment(v128.load(m, 16), g1, keep1);
    const v0 = square(v128.load(v), g0, beta2, keep2), v1 = square(v128.load(v, 16), g1, beta2, keep2);
    const next0 = descend(value0, m0, v0, step, correction, eps), next1 = descend(value1, m1, v1, step, correction, eps);
    v128.store(m, m0);
    v128.store(m, m1, 16);
    v128.store(v, v0);
    v128.store(v, v1, 16);
    const kept = t.valuesBefore + place + i;
    v128.store(kept, before0);
    v128.store(kept, before1, 16);
    v128.store(x, next0);
    v128.store(x, next1, 16);
    bad = f32x4.add(bad, f32x4.add(f32x4.sub(next0, next0), f32x4.sub(next1, next1)));
  }
  for (; i < end; i += 4) {
    const before = load4(t.values + place + i, 1);
    const value = f32x4.mul(before, shrink);
    const g = gradientAt(t, place + i, value, scales, decay, 1);
    const m = moment(load4(o.first + i, 1), g, keep1);
    const v = square(load4(o.second + i, 1), g, beta2, keep2);
    store4(o.first + i, m, 1);
    store4(o.second + i, v, 1);
    bad = f32x4.add(bad, storeValue(t, place + i, before, descend(value, m, v, step, correction, eps), 1));
  }
  return sumLanes(bad);
}

@inline function moment(m: v128, g: v128, keep1: v128): v128 {
  return multiplyAdd(keep1, f32x4.sub(g, m), m);
}
@inline function square(v: v128, g: v128, beta2: v128, keep2: v128): v128 {
  return multiplyAdd(beta2, v, f32x4.mul(keep2, f32x4.mul(g, g)));
}
@inline function descend(value: v128, m: v128, v: v128, step: v128, correction: v128, eps: v128): v128 {
  return f32x4.sub(value, f32x4.div(f32x4.mul(step, m), multiplyAdd(f32x4.sqrt(v), correction, eps)));
}

/** xⁿ by squaring, with the same bits on every machine. */
function power(x: f64, n: i32): f64 {
  let result: f64 = 1;
  for (; n > 0; n >>= 1) {
    if (n & 1) result *= x;
    x *= x;
  }
  return result;
}

function rmsprop(t: Training, o: Optimizer, from: usize, end: usize, lr: f32, scale: f32): f32 {
  let bad = f32x4.splat(0);
  let i = from;
  for (; i + 16 <= end; i += 16) bad = f32x4.add(bad, rmspropLanes(t, o, i, lr, scale, 4));
  for (; i < end; i += 4) bad = f32x4.add(bad, rmspropLanes(t, o, i, lr, scale, 1));
  return sumLanes(bad);
}

/** s ← α s + (1 − α) g², d = g / (√s + ε); with momentum b ← μ b + d, d ← b. θ ← θ − lr d. */
@inline function rmspropLanes(t: Training, o: Optimizer, i: usize, lr: f32, scale: f32, lanes: i32): v128 {
  const value = load4(t.values + i + (o.at << 2), lanes);
  const g = gradientAt(t, i + (o.at << 2), value, f32x4.splat(scale), f32x4.splat(<f32>o.weightDecay), lanes);
  const fresh = f32x4.mul(f32x4.splat(<f32>(1 - o.beta2)), f32x4.mul(g, g));
  const s = multiplyAdd(f32x4.splat(<f32>o.beta2), load4(o.first + i, lanes), fresh);
  store4(o.first + i, s, lanes);
  let d = f32x4.div(g, f32x4.add(f32x4.sqrt(s), f32x4.splat(<f32>o.eps)));
  if (o.momentum != 0) {
    d = multiplyAdd(f32x4.splat(<f32>o.momentum), load4(o.second + i, lanes), d);
    store4(o.second + i, d, lanes);
  }
  return storeValue(t, i + (o.at << 2), value, f32x4.sub(value, f32x4.mul(f32x4.splat(lr), d)), lanes);
}

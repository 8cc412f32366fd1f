/**
 * Checks that the compiled module computes what the plain loops compute, and which of its two tile shapes is faster.
 * With V8's experimental pairing of 128-bit operations into 256-bit ones, tiles of 6 rows are; without it, their
 * sums would spill from the registers. The check takes a few milliseconds at start.
 */
import type { KernelLimit } from './kernels.ts';
import type { CheckFunctions } from './program.ts';
import { createReferenceKernels } from './reference.ts';
import { instantiate } from './wasm.ts';

/**
 * Sizes rows, I, O: whole tiles, remainders of every kind, and more than one block of 256 in the summed dimension.
 */
const shapes = [
  [12, 16, 32],
  [7, 37, 19],
  [65, 70, 67],
  [3, 300, 5],
] as const;

const pages = 16;
/** Larger than any rounding error, far smaller than any real error. */
const tolerance = 1e-4;

/**
 * What keeps the wide tiles from being used, and where the module's constants end; null: the module gives wrong
 * numbers.
 */
export function checkModule(module: WebAssembly.Module): { limit: KernelLimit; staticEnd: number } | null {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const functions = instantiate(module, memory);
  const staticEnd = functions.staticEnd.value;
  const shared = Math.ceil(staticEnd / 64) * 64;
  const setWide = (wide: boolean) => functions.start(0, 1, shared, shared + 64, wide ? 1 : 0);
  const room = new Float32Array(memory.buffer, shared + 1024);
  const isRight = (wide: boolean) => {
    setWide(wide);
    return functionsAgree(functions, room) && shapes.every((shape) => productsAgree(functions, room, shape));
  };
  if (!isRight(false)) return null;
  if (!isRight(true)) return { limit: 'wide-wrong', staticEnd };
  return { limit: isWideFaster(functions, room, setWide) ? null : 'wide-slow', staticEnd };
}

/** Returns a function that takes zeroed buffers from `room`, one after another. */
function taker(room: Float32Array): (length: number) => Float32Array {
  let next = 0;
  return (length) => {
    const from = next;
    next += Math.ceil(length / 16) * 16;
    return room.subarray(from, from + length).fill(0);
  };
}

/** Fills with numbers in [−1, 1], the same each time. */
function fill(values: Float32Array): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] = ((i * 7919 + 17) % 1009) / 504.5 - 1;
  return values;
}

function agree(actual: Float32Array, expected: ArrayLike<number>): boolean {
  return actual.every(
    (value, i) => Math.abs(value - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!)),
  );
}

function functionsAgree(functions: CheckFunctions, room: Float32Array): boolean {
  const take = taker(room);
  const [x, y] = [take(173), take(173)];
  for (let i = 0; i < x.length; i++) x[i] = (i - 86) / 9;
  const pairs = [
    [functions.exps, Math.exp],
    [functions.sigmoids, (value: number) => 1 / (1 + Math.exp(-value))],
    [functions.tanhs, Math.tanh],
  ] as const;
  functions.tanhsOfSums(y.byteOffset, x.byteOffset, x.byteOffset, x.length);
  if (
    !agree(
      y,
      Array.from(x, (value) => Math.tanh(2 * value)),
    )
  )
    return false;
  return pairs.every(([apply, exact]) => {
    apply(y.byteOffset, x.byteOffset, x.length);
    return agree(y, Array.from(x, exact));
  });
}

function productsAgree(
  functions: CheckFunctions,
  room: Float32Array,
  [rows, I, O]: readonly [number, number, number],
): boolean {
  const reference = createReferenceKernels();
  const take = taker(room);
  const panels = take(16 * Math.max(I * Math.ceil(O / 16), O * Math.ceil(I / 16)));
  const packed = take(96 * 264 + 16 * 256 * Math.ceil(I / 16));
  const [x, w, b, dy] = [take(rows * I), take(O * I), take(O + 16), take(rows * O)].map(fill) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const [y, dx, dw, db] = [take(rows * O), take(rows * I), take(O * I), take(O)] as const;
  const at = (view: Float32Array) => view.byteOffset;
  functions.checkLinear(at(y), at(x), at(w), at(b), at(panels), rows, I, O);
  functions.checkInputGradient(at(dx), at(dy), at(w), at(panels), rows, I, O);
  functions.checkWeightGradient(at(dw), at(db), at(dy), at(x), at(packed), rows, I, O);
  const expected = [y, dx, dw, db].map((view) => new Float32Array(view.length));
  const [ey, edx, edw, edb] = expected as [Float32Array, Float32Array, Float32Array, Float32Array];
  reference.linear(ey, 0, x, 0, w, b, rows, I, O);
  reference.linearInputGradient(edx, 0, dy, 0, w, rows, I, O);
  reference.linearWeightGradient(edw, edb, dy, x, rows, I, O, 0, O);
  return agree(y, ey) && agree(dx, edx) && agree(dw, edw) && agree(db, edb);
}

/**
 * Whether wide tiles take less than 0.85 of the time of narrow ones. It compares the fastest of 12 runs each, taken
 * in turn, because the machine may be busy.
 */
function isWideFaster(
  functions: CheckFunctions,
  room: Float32Array,
  setWide: (wide: boolean) => void,
): boolean {
  const [rows, I, O] = [192, 128, 128];
  const take = taker(room);
  const [x, w, y, b, panels] = [rows * I, I * O, rows * O, O, I * O].map((size) => take(size).byteOffset) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const best = { narrow: Infinity, wide: Infinity };
  for (let i = 0; i < 12; i++) {
    for (const shape of ['narrow', 'wide'] as const) {
      setWide(shape === 'wide');
      const started = performance.now();
      functions.checkLinear(y, x, w, b, panels, rows, I, O);
      best[shape] = Math.min(best[shape], performance.now() - started);
    }
  }
  return best.wide < 0.85 * best.narrow;
}

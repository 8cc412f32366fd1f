/** The WebAssembly module against plain arithmetic, and against its own sources. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WasmExports, WasmProgram } from '../../../engine/kernels/program.ts';
import { createReferenceKernels } from '../../../engine/kernels/reference.ts';
import { createWasmKernels } from '../../../engine/kernels/wasm.ts';
import { wasmModule } from '../../../engine/kernels/wasm-module.generated.ts';
import { layoutOf, type StructName } from '../../../engine/kernels/wasm-structs.ts';
import { createGenerator } from '../../../engine/tensor/random.ts';
import { compileKernels, generatedPath } from '../../../kernels.config.ts';

const module = new WebAssembly.Module(Uint8Array.from(Buffer.from(wasmModule, 'base64')));

/** The module with a memory of its own and tiles of either shape. */
function program(name: 'wasm-128' | 'wasm-256'): {
  functions: WasmExports;
  floats(length: number): Float32Array;
  place: WasmProgram['place'];
} {
  const kernels = createWasmKernels({ module, name, staticEnd: 65536 }, 4_000_000, 1, null);
  const { functions, place } = kernels.program!;
  return { functions, place, floats: (length) => kernels.allocate(length) as Float32Array };
}

describe('the module', () => {
  it('is what its sources compile to', { timeout: 300_000 }, async () => {
    expect(await compileKernels()).toBe(readFileSync(generatedPath, 'utf8'));
  });

  it('and the host describe memory by the same structs', () => {
    const source = readFileSync(join(import.meta.dirname, '../../../engine/kernels/wasm/structs.ts'), 'utf8');
    const names: string[] = [];
    for (const [, name, body] of source.matchAll(/export class (\w+) \{([\s\S]*?)\n\}/g)) {
      names.push(name!);
      const { offsets } = layoutOf(name as StructName);
      const fields = [...body!.matchAll(/^ {2}(\w+): (i32|usize|f64);/gm)];
      expect(
        fields.map(([, field]) => field),
        name,
      ).toEqual(Object.keys(offsets));
      let at = 0;
      for (const [, field, type] of fields) {
        const size = type === 'f64' ? 8 : 4;
        at = Math.ceil(at / size) * size;
        expect(offsets[field!], `${name}.${field}`).toBe(at);
        at += size;
      }
    }
    expect(names).toEqual(['Batch', 'Direction', 'Layer', 'Model', 'Optimizer', 'Training']);
  });
});

describe('functions of one number', () => {
  const { functions, floats, place } = program('wasm-128');
  const table: [string, WasmExports['exps'], (x: number) => number, number][] = [
    ['exp', functions.exps, Math.exp, 87],
    ['sigmoid', functions.sigmoids, (x) => 1 / (1 + Math.exp(-x)), 80],
    ['tanh', functions.tanhs, Math.tanh, 20],
  ];

  it.each(table)('%s is within 2e-7 of its value', (_, apply, exact, limit) => {
    const count = 20_001;
    const [x, y] = [floats(count), floats(count)];
    for (let i = 0; i < count; i++) x[i] = (limit * (2 * i - count + 1)) / (count - 1);
    apply(place(y), place(x), count);
    let worst = 0;
    for (let i = 0; i < count; i++) {
      const value = exact(x[i]!);
      if (value !== 0) worst = Math.max(worst, Math.abs(y[i]! - value) / Math.abs(value));
    }
    expect(worst).toBeLessThan(2e-7);
    expect(worst).toBeGreaterThan(0);
  });

  it.each(table)('%s keeps its ends and passes on what is not a number', (_, apply, exact) => {
    const [x, y] = [floats(4), floats(4)];
    x.set([Number.NaN, -200, 0, 200]);
    apply(place(y), place(x), 4);
    expect(y[0]).toBeNaN();
    expect(y[1]).toBeCloseTo(exact(-200), 30);
    expect(y[2]).toBe(exact(0));
    if (exact(200) <= 1) expect(y[3]).toBe(1);
    else expect(y[3]).toBeGreaterThan(1e38);
  });
});

describe('matrix products', () => {
  const reference = createReferenceKernels('float64');
  const shapes = [
    [1, 1, 1],
    [1, 128, 512],
    [2, 5, 3],
    [5, 4, 16],
    [6, 16, 16],
    [13, 17, 33],
    [64, 64, 64],
    [97, 70, 100],
    [130, 300, 66],
    [300, 65, 80],
  ] as const;

  /** y, dx, dw and db computed from the same numbers. */
  function products(name: 'wasm-128' | 'wasm-256', rows: number, I: number, O: number) {
    const { functions, floats, place } = program(name);
    const panels = floats(16 * Math.max(I * Math.ceil(O / 16), O * Math.ceil(I / 16)));
    const packed = floats(96 * 264 + 16 * 256 * Math.ceil(I / 16));
    const [x, w, b, dy] = [rows * I, O * I, O, rows * O].map((length, i) => {
      const values = floats(length);
      createGenerator(i).uniform(values, -1, 1);
      return values;
    }) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const [y, dx, dw, db] = [rows * O, rows * I, O * I, O].map(floats) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    functions.checkLinear(place(y), place(x), place(w), place(b), place(panels), rows, I, O);
    functions.checkInputGradient(place(dx), place(dy), place(w), place(panels), rows, I, O);
    const [dwAt, dbAt, dyAt, xAt] = [dw, db, dy, x].map(place) as [number, number, number, number];
    functions.checkWeightGradient(dwAt, dbAt, dyAt, xAt, place(packed), rows, I, O);
    return { x, w, b, dy, results: { y, dx, dw, db } };
  }

  it.each(shapes)('of %i rows, %i inputs, %i outputs are those of the plain loops', (rows, I, O) => {
    const { x, w, b, dy, results } = products('wasm-256', rows, I, O);
    const expected = {
      y: new Float64Array(rows * O),
      dx: new Float64Array(rows * I),
      dw: new Float64Array(O * I),
      db: new Float64Array(O),
    };
    reference.linear(expected.y, 0, x, 0, w, b, rows, I, O);
    reference.linearInputGradient(expected.dx, 0, dy, 0, w, rows, I, O);
    reference.linearWeightGradient(expected.dw, expected.db, dy, x, rows, I, O, 0, O);
    const summed = { y: I, dx: O, dw: rows, db: rows };
    for (const key of ['y', 'dx', 'dw', 'db'] as const) {
      // Terms are at most 1, so each of n additions rounds a sum of at most n, and usually far less.
      const bound = 1e-7 * (4 + summed[key]);
      results[key].forEach((value, i) => {
        const difference = Math.abs(value - expected[key][i]!);
        if (difference > bound) {
          expect.fail(
            `${key}[${i}] is ${value}, not ${expected[key][i]}: ${difference} apart, allowed ${bound}`,
          );
        }
      });
    }
  });

  it.each(shapes)(
    'of %i rows, %i inputs, %i outputs have the same bits in tiles of both shapes',
    (rows, I, O) => {
      expect(products('wasm-128', rows, I, O).results).toEqual(products('wasm-256', rows, I, O).results);
    },
  );
});

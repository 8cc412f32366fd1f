import { expect, it } from 'vitest';
import { type Backend, referenceBackend } from '../../../engine/kernels/backend.ts';
import { backendLine } from '../../../main/engine-process/kernel-backend.ts';

const wasm = { ...referenceBackend, name: 'wasm-256', limit: null, threads: 2 } as Backend;

it.each<[Backend, string]>([
  [wasm, 'kernels wasm-256, large runs on 2 of '],
  [{ ...wasm, name: 'wasm-128', limit: 'wide-slow' }, 'kernels wasm-128 (256 bits are not faster here)'],
  [referenceBackend, 'kernels reference (WebAssembly with SIMD and threads is missing)'],
])('the log says which kernels compute and why not faster ones', (backend, words) => {
  const line = backendLine(backend, '14.6.202', ['--no-liftoff', '--expose-gc']);
  expect(line).toContain(words);
  expect(line).toContain(', V8 14.6.202 with --no-liftoff --expose-gc');
});

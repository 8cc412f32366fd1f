/** Which kernels remain where the module, or its wide tiles, cannot be trusted. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { wasmModule } from '../../../engine/kernels/wasm-module.generated.ts';

const generated = '../../../engine/kernels/wasm-module.generated.ts';
const bytes = Buffer.from(wasmModule, 'base64');

beforeEach(() => vi.resetModules());
afterEach(() => {
  vi.doUnmock(generated);
  vi.unstubAllGlobals();
});

async function backendOf(module: Uint8Array) {
  vi.doMock(generated, () => ({ wasmModule: Buffer.from(module).toString('base64') }));
  const { bestBackend } = await import('../../../engine/kernels/backend.ts');
  return bestBackend();
}

/** The module with one of its constants replaced by another number. */
function withConstant(value: number, other: number): Uint8Array {
  const changed = Buffer.from(bytes);
  const pattern = Buffer.from(Float32Array.of(value).buffer);
  const at = changed.indexOf(pattern);
  expect(at).toBeGreaterThan(0);
  changed.set(Buffer.from(Float32Array.of(other).buffer), at);
  return changed;
}

it('the module computes as it is, and says what keeps 256 bits from it where something does', async () => {
  const { name, limit } = await backendOf(bytes);
  expect(name).toBe(limit === null ? 'wasm-256' : 'wasm-128');
  expect([null, 'wide-slow']).toContain(limit);
});

it('a module that does not compile leaves the plain loops', async () => {
  expect(await backendOf(bytes.subarray(0, 1000))).toMatchObject({ name: 'reference', limit: 'missing' });
});

it('so does a machine without shared memory', async () => {
  vi.stubGlobal('WebAssembly', { ...WebAssembly, Module: WebAssembly.Module, Memory: undefined });
  expect(await backendOf(bytes)).toMatchObject({ name: 'reference', limit: 'missing' });
});

it('and a module with wrong numbers', async () => {
  // This constant is part of ln 2, from which exp, σ and tanh are computed.
  const wrong = withConstant(0.693359375, 0.69);
  expect(await backendOf(wrong)).toMatchObject({ name: 'reference', limit: 'wrong', threads: 1 });
});

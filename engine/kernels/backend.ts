/** Which kernels compute: WebAssembly SIMD where it is there and gives the right numbers, else the plain loops. */
import type { Kernels } from './kernels.ts';
import { createReferenceKernels } from './reference.ts';
import { checkModule } from './self-check.ts';
import { createWasmKernels, planWasm } from './wasm.ts';
import { wasmModule } from './wasm-module.generated.ts';

/** Makes the kernels of a run, which must first be planned with a dry run (null: nothing needs planning). */
export interface Backend {
  readonly name: Kernels['name'];
  readonly threads: number;
  plan(): { kernels: Kernels; bytes(): number } | null;
  create(plannedBytes: number): Kernels;
}

export const referenceBackend: Backend = {
  name: 'reference',
  threads: 1,
  plan: () => null,
  create: () => createReferenceKernels(),
};

let best: Backend | null = null;

/** The fastest backend of this machine; found once. */
export function bestBackend(): Backend {
  best ??= loadWasm() ?? referenceBackend;
  return best;
}

/**
 * null where there is no SIMD or no shared memory, or where it computes something else. `shape` takes tiles of one
 * shape without measuring.
 */
export function loadWasm(shape?: 'wasm-128' | 'wasm-256'): Backend | null {
  const module = compile();
  const checked = module && checkModule(module);
  if (!module || !checked) return null;
  const { wide, staticEnd } = checked;
  const name = shape ?? (wide ? 'wasm-256' : 'wasm-128');
  return {
    name,
    threads: 1,
    plan: () => planWasm(name, 1),
    create: (plannedBytes) => createWasmKernels(module, name, staticEnd, plannedBytes),
  };
}

function compile(): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(decode(wasmModule));
  } catch {
    // This machine's WebAssembly lacks what the module uses.
    return null;
  }
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Which kernels compute: WebAssembly SIMD where it is there and gives the right numbers, else the plain loops. */
import type { Kernels } from './kernels.ts';
import { createReferenceKernels } from './reference.ts';
import { checkModule } from './self-check.ts';
import type { ThreadHost } from './thread-team.ts';
import { createWasmKernels, type Planner, planWasm } from './wasm.ts';
import { wasmModule } from './wasm-module.generated.ts';

/** Makes the kernels of a run, which must first be planned with a dry run (null: nothing needs planning). */
export interface Backend {
  readonly name: Kernels['name'];
  readonly threads: number;
  /** `work`: multiply-adds of a batch. */
  plan(work: number): Planner | null;
  create(work: number, plannedBytes: number): Kernels;
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

/** From so many multiply-adds on a batch is shared by threads: below, waking them costs as much as they save. */
const worthThreads = 40_000_000;

export interface WasmOptions {
  /** Takes tiles of one shape without measuring. */
  shape?: 'wasm-128' | 'wasm-256';
  /** Shares large batches among threads, out of the caller's own, which can listen meanwhile. */
  host?: ThreadHost;
  /** As above; a test sets it low. */
  worth?: number;
}

/** null where there is no SIMD or no shared memory, or where it computes something else. */
export function loadWasm({ shape, host, worth = worthThreads }: WasmOptions = {}): Backend | null {
  const module = compile();
  const checked = module && checkModule(module);
  if (!module || !checked) return null;
  const { wide, staticEnd } = checked;
  const name = shape ?? (wide ? 'wasm-256' : 'wasm-128');
  const hostFor = (work: number) => (host !== undefined && work >= worth ? host : null);
  const threadsFor = (work: number) => hostFor(work)?.threads ?? 1;
  return {
    name,
    threads: host?.threads ?? 1,
    plan: (work) => planWasm(name, threadsFor(work)),
    create: (work, plannedBytes) =>
      createWasmKernels({ module, name, staticEnd }, plannedBytes, threadsFor(work), hostFor(work)),
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

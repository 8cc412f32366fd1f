/** Which kernels compute: WebAssembly SIMD where it is there and gives the right numbers, else the plain loops. */
import type { KernelLimit, KernelName, Kernels } from './kernels.ts';
import { createReferenceKernels } from './reference.ts';
import { checkModule } from './self-check.ts';
import type { ThreadHost } from './thread-team.ts';
import { createWasmKernels, type Planner, planWasm } from './wasm.ts';
import { wasmModule } from './wasm-module.generated.ts';

/** Makes the kernels of a run, which must first be planned with a dry run (null: nothing needs planning). */
export interface Backend {
  readonly name: KernelName;
  readonly limit: KernelLimit;
  /** For a large run that is opened now. */
  readonly threads: number;
  /** `work`: multiply-adds of a batch. */
  plan(work: number): Planner | null;
  create(work: number, plannedBytes: number): Kernels;
}

export const referenceBackend: Backend = {
  name: 'reference',
  limit: 'missing',
  threads: 1,
  plan: () => null,
  create: () => createReferenceKernels(),
};

let best: Backend | null = null;

/** The fastest backend of this machine; found once. */
export function bestBackend(): Backend {
  best ??= loadBackend();
  return best;
}

/** Batches of at least this many multiply-adds are shared among threads; below it, waking them costs what they save. */
const worthThreads = 40_000_000;
/** From this many on (some 25 ms) a single thread computes beside the caller's own, which must go on listening. */
const worthAway = 300_000_000;

export interface WasmOptions {
  /** Takes tiles of one shape without measuring. */
  shape?: 'wasm-128' | 'wasm-256';
  /** Shares large batches among threads, out of the caller's own, which can listen meanwhile. */
  host?: ThreadHost;
  /** As above; a test sets it low. */
  worth?: number;
  /** Another build of the module (kernels.config.ts); else the one that ships. */
  module?: Uint8Array<ArrayBuffer>;
}

/** null where the plain loops compute. */
export function loadWasm(options?: WasmOptions): Backend | null {
  const backend = loadBackend(options);
  return backend.name === 'reference' ? null : backend;
}

/** The plain loops where there is no SIMD or no shared memory, or where it computes something else. */
export function loadBackend({ shape, host, worth, module: bytes }: WasmOptions = {}): Backend {
  const module = compile(bytes ?? decode(wasmModule));
  if (module === null) return referenceBackend;
  const checked = checkModule(module);
  if (checked === null) return { ...referenceBackend, limit: 'wrong' };
  const { limit, staticEnd } = checked;
  const name = shape ?? (limit === null ? 'wasm-256' : 'wasm-128');
  const hostFor = (work: number) => {
    if (host === undefined) return null;
    return work >= (worth ?? (host.threads === 1 ? worthAway : worthThreads)) ? host : null;
  };
  const threadsFor = (work: number) => hostFor(work)?.threads ?? 1;
  return {
    name,
    limit,
    get threads() {
      return host?.threads ?? 1;
    },
    plan: (work) => planWasm(name, threadsFor(work)),
    create: (work, plannedBytes) =>
      createWasmKernels({ module, name, staticEnd }, plannedBytes, threadsFor(work), hostFor(work)),
  };
}

let isCompiled = false;

/** Whether this process has compiled kernels. V8 must not be given flags for them afterwards. */
export function hasCompiledKernels(): boolean {
  return isCompiled;
}

function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module | null {
  isCompiled = true;
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return new WebAssembly.Module(bytes);
  } catch {
    // This machine's WebAssembly lacks what the module uses.
    return null;
  }
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

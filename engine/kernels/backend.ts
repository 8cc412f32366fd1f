/**
 * Chooses the kernels that compute: WebAssembly SIMD where the machine has it and it gives the right numbers, else
 * the plain loops.
 */
import type { KernelLimit, KernelName, Kernels } from './kernels.ts';
import { createReferenceKernels } from './reference.ts';
import { checkModule } from './self-check.ts';
import type { ThreadHost } from './thread-team.ts';
import { createWasmKernels, type Planner, planWasm } from './wasm.ts';
import { wasmModule } from './wasm-module.generated.ts';

/** Makes the kernels of a run. `plan` starts a dry run that must come first; null: no planning is needed. */
export interface Backend {
  readonly name: KernelName;
  readonly limit: KernelLimit;
  /** Threads that would share the work of a large run opened now. */
  readonly threads: number;
  /** `work` is the multiply-adds of a batch. */
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

/** The fastest backend of this machine, determined once. */
export function bestBackend(): Backend {
  best ??= loadBackend();
  return best;
}

/**
 * Batches of at least this many multiply-adds are shared among threads; for smaller ones, waking the threads costs
 * as much as they save.
 */
const worthThreads = 40_000_000;
/**
 * With a host of one thread, batches of at least this many multiply-adds (some 25 ms) move to that thread, so that
 * the caller's own can go on listening.
 */
const worthAway = 300_000_000;

export interface WasmOptions {
  /** Uses tiles of this shape without measuring. */
  shape?: 'wasm-128' | 'wasm-256';
  /**
   * Shares large batches among threads of this host. The caller's own thread is not one of them and can listen
   * meanwhile.
   */
  host?: ThreadHost;
  /** Multiply-adds from which a batch goes to the host's threads; a test sets it low. */
  worth?: number;
  /** Another build of the module (kernels.config.ts); the one that ships where left out. */
  module?: Uint8Array<ArrayBuffer>;
}

/** A WebAssembly backend; null where the plain loops compute. */
export function loadWasm(options?: WasmOptions): Backend | null {
  const backend = loadBackend(options);
  return backend.name === 'reference' ? null : backend;
}

/**
 * The WebAssembly backend; the plain loops where SIMD or shared memory is missing, or where the module gives wrong
 * numbers.
 */
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

/** Whether this process has compiled kernels. V8 flags that concern them must not be set afterwards. */
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

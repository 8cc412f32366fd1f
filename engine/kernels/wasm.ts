/**
 * The kernels on WebAssembly SIMD (wasm/*.ts). The module is compiled once. Each run has one memory of the size
 * planned for it, which never grows and is freed with the run.
 */

import type { Kernels } from './kernels.ts';
import type { WasmExports, WasmModule, WasmProgram } from './program.ts';
import { createReferenceKernels } from './reference.ts';
import { createThreadTeam, type ThreadHost } from './thread-team.ts';
import { layoutOf, structAt } from './wasm-structs.ts';

/** Kernels without memory that count what they are asked for: a dry run before anything is allocated. */
export interface Planner {
  kernels: Kernels;
  /** Bytes asked for so far. */
  bytes(): number;
}

/** Every buffer starts at a multiple of this many bytes. */
const alignment = 64;
/** Bytes after the last buffer, because matrix products read a little past the end of a row. */
const slackBytes = 256;
const pageBytes = 65536;

const aligned = (bytes: number) => Math.ceil(bytes / alignment) * alignment;

export function planWasm(name: Kernels['name'], threads: number): Planner {
  let bytes = 0;
  const count = (size: number) => {
    bytes += aligned(size);
  };
  const nothing = { at: 0, set: () => {}, field: () => new Int32Array(0) };
  const program: WasmProgram = {
    functions: {} as WasmExports,
    team: null,
    threads,
    integers(length) {
      count(4 * length);
      return new Int32Array(0);
    },
    doubles(length) {
      count(8 * length);
      return new Float64Array(0);
    },
    structs(struct, amount) {
      count(layoutOf(struct).bytes * amount);
      return Array.from({ length: amount }, () => nothing);
    },
    place: () => 0,
  };
  const allocate = (length: number) => {
    count(4 * length);
    return new Float32Array(0);
  };
  return {
    kernels: { ...createReferenceKernels(), name, allocate, program },
    bytes: () => bytes + threadBytes(threads),
  };
}

/**
 * Allocates a memory of the planned size with an instance of the module on it, and starts a team of threads where a
 * host is given.
 */
export function createWasmKernels(
  { module, name, staticEnd }: WasmModule,
  plannedBytes: number,
  threads: number,
  host: ThreadHost | null,
): Kernels {
  const pages = Math.ceil((aligned(staticEnd) + plannedBytes + slackBytes) / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const functions = instantiate(module, memory);
  let next = aligned(staticEnd);
  const take = (bytes: number) => {
    const at = next;
    next += aligned(bytes);
    return at;
  };
  const shared = take(threadBytes(threads));
  const commands = shared + barrierBytes;
  const own = shared + 2 * alignment;
  const wide = name === 'wasm-256' ? 1 : 0;
  functions.start(0, 1, shared, own, wide);
  for (let index = 0; host !== null && index < threads; index++) {
    host.launch({ module, memory, start: [index, threads, shared, own, wide], commands });
  }
  const team = host === null ? null : createThreadTeam(memory, commands, threads);
  const program: WasmProgram = {
    functions,
    team,
    threads,
    integers: (length) => new Int32Array(memory.buffer, take(4 * length), length),
    doubles: (length) => new Float64Array(memory.buffer, take(8 * length), length),
    structs(struct, count) {
      const { bytes } = layoutOf(struct);
      const at = take(bytes * count);
      return Array.from({ length: count }, (_, i) => structAt(struct, memory.buffer, at + i * bytes));
    },
    place: (view) => (view === null || view.length === 0 ? 0 : view.byteOffset),
  };
  const allocate = (length: number) => new Float32Array(memory.buffer, take(4 * length), length);
  return { ...createReferenceKernels(), name, allocate, program };
}

/** Bytes of the words that all threads share (wasm/threads.ts). */
const barrierBytes = 16;

/**
 * Bytes for two lines of 64 bytes, which hold the barrier's words and the command words, and for a tile of [6, 16]
 * for each thread.
 */
function threadBytes(threads: number): number {
  return aligned(2 * alignment + threads * 6 * 16 * 4);
}

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): WasmExports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as WasmExports;
}

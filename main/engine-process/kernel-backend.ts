import { availableParallelism } from 'node:os';
import { type Backend, loadBackend } from '../../engine/kernels/backend.ts';
import type { KernelLimit } from '../../engine/kernels/kernels.ts';
import { type FlagSet, flagsText } from './kernel-flags.ts';
import { createThreadHost } from './kernel-threads.ts';

/** The fastest kernels of this computer under V8's current flags. `threads` is called whenever a run is opened. */
export function openBackend(threads: () => number | null = () => null): Backend {
  return loadBackend({ host: createThreadHost(threads) });
}

const reasons: Record<NonNullable<KernelLimit>, string> = {
  missing: 'WebAssembly with SIMD and threads is missing',
  wrong: 'WebAssembly SIMD gives other numbers than the plain loops',
  'wide-wrong': '256 bits give other numbers than the plain loops',
  'wide-slow': '256 bits are not faster here',
};

/** A line for the log: which kernels compute, why not faster ones, and V8's flags. */
export function backendLine({ name, limit, threads }: Backend, v8: string, flags: FlagSet): string {
  const reason = limit === null ? '' : ` (${reasons[limit]})`;
  return `Ohlol engine: kernels ${name}${reason}, large runs on ${threads} of ${availableParallelism()} cores, V8 ${v8} with ${flagsText(flags)}`;
}

import { availableParallelism } from 'node:os';
import { type Backend, loadBackend } from '../../engine/kernels/backend.ts';
import type { KernelLimit } from '../../engine/kernels/kernels.ts';
import { type FlagSet, flagsText } from './kernel-flags.ts';
import { createThreadHost } from './kernel-threads.ts';

/** The fastest kernels of this computer under the flags that V8 has by now. How many threads are wanted is asked at each run's opening. */
export function openBackend(threads: () => number | null = () => null): Backend {
  return loadBackend({ host: createThreadHost(threads) });
}

const reasons: Record<NonNullable<KernelLimit>, string> = {
  missing: 'WebAssembly with SIMD and threads is missing',
  wrong: 'WebAssembly SIMD gives other numbers than the plain loops',
  'wide-wrong': '256 bits give other numbers than the plain loops',
  'wide-slow': '256 bits are not faster here',
};

/** For the log: which kernels compute, why not faster ones, and with which flags of V8. */
export function backendLine({ name, limit, threads }: Backend, v8: string, flags: FlagSet): string {
  const reason = limit === null ? '' : ` (${reasons[limit]})`;
  return `Ohlol engine: kernels ${name}${reason}, large runs on ${threads} of ${availableParallelism()} cores, V8 ${v8} with ${flagsText(flags)}`;
}

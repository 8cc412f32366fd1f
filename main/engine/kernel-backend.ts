import { availableParallelism } from 'node:os';
import { type Backend, loadBackend } from '../../engine/kernels/backend.ts';
import type { KernelLimit } from '../../engine/kernels/kernels.ts';
import { flagSets, setFlags } from './kernel-flags.ts';
import { createThreadHost } from './kernel-threads.ts';

/** The fastest kernels of this computer. How many threads are wanted is asked at each run's opening. */
export function openBackend(threads: () => number | null = () => null): Backend {
  setFlags(flagSets()[0]!);
  return loadBackend({ host: createThreadHost(threads) });
}

const reasons: Record<NonNullable<KernelLimit>, string> = {
  missing: 'WebAssembly with SIMD and threads is missing',
  wrong: 'WebAssembly SIMD gives other numbers than the plain loops',
  'wide-wrong': '256 bits give other numbers than the plain loops',
  'wide-slow': '256 bits are not faster here',
};

/** For the log: which kernels compute, and why not faster ones. */
export function backendLine({ name, limit, threads }: Backend): string {
  const reason = limit === null ? '' : ` (${reasons[limit]})`;
  return `Ohlol engine: kernels ${name}${reason}, large runs on ${threads} of ${availableParallelism()} cores`;
}

import type { EngineDescription } from '../../../engine/api.ts';
import type { LabDescription, RunningEngine } from '../../../main/api.ts';
import { t } from '../../text/text.svelte.ts';

export const automatic = 'automatic';

/**
 * The thread numbers to choose from: up to the number of cores (and the lab's limit), and up to the number
 * chosen already.
 */
export function threadChoices({ most, cores }: LabDescription['threads'], chosen: number | null): string[] {
  const last = Math.max(Math.min(most, cores), chosen ?? 1);
  return [automatic, ...Array.from({ length: last }, (_, i) => String(i + 1))];
}

/** Which kernels compute on how many threads, and why no faster ones do. */
export function kernelText({ kernels, kernelLimit, threads }: EngineDescription): string {
  const computes =
    kernels === 'reference'
      ? t('shell_kernels_reference')
      : t('shell_kernels_wasm', { bits: kernels === 'wasm-256' ? 256 : 128, count: threads });
  switch (kernelLimit) {
    case null:
      return computes;
    case 'missing':
      return `${computes} ${t('shell_kernels_missing')}`;
    case 'wrong':
      return `${computes} ${t('shell_kernels_wrong')}`;
    case 'wide-wrong':
      return `${computes} ${t('shell_kernels_wide_wrong')}`;
    case 'wide-slow':
      return `${computes} ${t('shell_kernels_wide_slow')}`;
  }
}

/** V8's version and the V8 flags in use, which were tried on this machine and found good. */
export function runtimeText({ v8, flags }: Pick<RunningEngine, 'v8' | 'flags'>): string {
  if (flags.length === 0) return t('shell_runtime_plain', { v8 });
  return t('shell_runtime_flags', { v8, flags: flags.join(' ') });
}

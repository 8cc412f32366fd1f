import { type Backend, loadWasm, referenceBackend } from '../../engine/kernels/backend.ts';
import { setKernelFlags } from './kernel-flags.ts';
import { createThreadHost } from './kernel-threads.ts';

/** The fastest kernels of this computer, on as many threads as it may use. */
export function openBackend(): Backend {
  setKernelFlags();
  return loadWasm({ host: createThreadHost() }) ?? referenceBackend;
}

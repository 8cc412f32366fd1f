import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 pair the kernels' 128-bit operations into 256-bit ones, and compile them well at once instead of quickly
 * first. Must be called before the engine compiles them; it checks what it gets, and needs neither.
 */
export function setKernelFlags(): void {
  setFlagsFromString('--no-liftoff');
  setFlagsFromString('--no-wasm-lazy-compilation');
  // V8 has it for this architecture alone, and complains of flags that it does not know.
  if (process.arch === 'x64') setFlagsFromString('--experimental-wasm-revectorize');
}

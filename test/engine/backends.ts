import { type Backend, loadWasm, referenceBackend } from '../../engine/kernels/backend.ts';
import { flagSets, setFlags } from '../../main/engine-process/kernel-flags.ts';

/** The plain loops and WebAssembly with both tile shapes; a machine that runs the tests must have all three. */
export function everyBackend(): Backend[] {
  setFlags(flagSets()[0]!);
  const shapes = ['wasm-128', 'wasm-256'] as const;
  return [
    referenceBackend,
    ...shapes.map((shape) => {
      const backend = loadWasm({ shape });
      if (backend === null) throw new Error(`this Node has no ${shape} kernels`);
      return backend;
    }),
  ];
}

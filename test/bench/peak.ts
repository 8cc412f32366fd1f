import { createReferenceKernels } from '../../engine/kernels/reference.ts';
import { openBackend } from '../../main/engine-process/kernel-backend.ts';
import { flagSets, setFlags } from '../../main/engine-process/kernel-flags.ts';

/** The best GF/s of many matrix products that stay in the cache: what one core can do with these kernels. */
export function measurePeak(): number {
  const [rows, I, O] = [384, 256, 256];
  setFlags(flagSets()[0]!);
  const backend = openBackend();
  const room = rows * (I + O) + 2 * I * O + 4 * O;
  const kernels = backend.plan(0) === null ? createReferenceKernels() : backend.create(0, 4 * room + 65536);
  const [x, w, y] = [rows * I, I * O, rows * O].map((length) => kernels.allocate(length).fill(0.5));
  const [b, panels] = [kernels.allocate(O), kernels.allocate(I * O)];
  const { program } = kernels;
  let best = Infinity;
  for (let i = 0; i < 300; i++) {
    const started = performance.now();
    if (program === null) kernels.linear(y!, 0, x!, 0, w!, b, rows, I, O);
    else {
      const { place, functions } = program;
      functions.checkLinear(place(y!), place(x!), place(w!), place(b), place(panels), rows, I, O);
    }
    best = Math.min(best, performance.now() - started);
  }
  return (2 * rows * I * O) / best / 1e6;
}

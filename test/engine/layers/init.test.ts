import { expect, it } from 'vitest';
import { finish } from '../../../engine/kernels/pieces.ts';
import { createReferenceKernels } from '../../../engine/kernels/reference.ts';
import { initialise } from '../../../engine/layers/init.ts';
import { createParameters } from '../../../engine/layers/parameters.ts';
import { createGenerator } from '../../../engine/tensor/random.ts';

// Fewer than 16 numbers are drawn differently, so a last piece of fewer would differ from the whole.
it.each([131_072 + 5, 2 * 131_072 + 5, 3 * 131_072 + 16])(
  'an embedding of %i numbers is drawn in pieces as it would be in one',
  (count) => {
    const parameters = createParameters(
      [{ key: 'embedding.weight', shape: [count] }],
      createReferenceKernels(),
    );
    finish(initialise(parameters, 1, 1, createGenerator(7)));
    const whole = new Float32Array(count);
    createGenerator(7).normal(whole);
    expect(
      Buffer.compare(new Uint8Array(parameters.values.slice().buffer), new Uint8Array(whole.buffer)),
    ).toBe(0);
  },
);

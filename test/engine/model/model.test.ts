import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReferenceKernels } from '../../../engine/kernels/reference.ts';
import { type CellName, cells } from '../../../engine/layers/cells.ts';
import { createModel, modelSize } from '../../../engine/model/model.ts';
import { defaultModel } from '../../../engine/model/spec.ts';

describe('a model’s size', () => {
  it('is known before it is allocated, to the last value', () => {
    const size = fc.integer({ min: 1, max: 9 });
    const cases = fc.record({
      cell: fc.constantFrom(...(Object.keys(cells) as CellName[])),
      embedding: fc.option(size),
      hiddenSize: size,
      numLayers: fc.integer({ min: 1, max: 3 }),
      bias: fc.boolean(),
      bidirectional: fc.boolean(),
      dropout: fc.constantFrom(0, 0.5),
      head: fc.constantFrom('none' as const, 'linear' as const),
      initialState: fc.constantFrom('zeros' as const, 'learned' as const),
    });
    const capacities = fc.record({ steps: size, sequences: size, rows: size, training: fc.boolean() });
    const reads = fc.constantFrom('every-step' as const, 'last-step' as const);
    fc.assert(
      fc.property(cases, capacities, reads, size, size, (settings, capacity, read, inputSize, outputSize) => {
        const spec = { ...defaultModel(), ...settings };
        const reference = createReferenceKernels();
        let allocated = 0;
        const counting = {
          ...reference,
          allocate(length: number) {
            allocated += length;
            return reference.allocate(length);
          },
        };
        createModel(spec, { inputSize, outputSize }, read, capacity, counting);
        expect(modelSize(spec, { inputSize, outputSize }, read, capacity)).toBe(allocated);
      }),
    );
  });
});

/** Every layer's backward pass against finite differences of its forward pass, in float64. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type CellName, cells } from '../../../engine/layers/cells.ts';
import { expectSlopes, modelCases } from './model-slopes.ts';

describe('whole models', () => {
  it('every parameter’s gradient is the slope of the loss', () => {
    fc.assert(fc.property(modelCases(Object.keys(cells) as CellName[]), expectSlopes), { numRuns: 60 });
  });
});

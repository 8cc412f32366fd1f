/** The example of docs/adding-a-cell.md is right: mgu.ts holds its code to types, and this to what cells must be. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CellBuffers, sigmoid } from '../../../engine/layers/cell.ts';
import { type CellName, cells } from '../../../engine/layers/cells.ts';
import { createGenerator } from '../../../engine/tensor/random.ts';
import { mgu } from './mgu.ts';
import { expectSlopes, modelCases } from './model-slopes.ts';

// In the list, as the page's second step puts it there.
Object.assign(cells, { mgu });

it('the page has the code of mgu.ts', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/adding-a-cell.md'), 'utf8');
  const shown = /```ts\n(import [^`]+)```/.exec(page)?.[1] ?? '';
  const held = readFileSync(join(import.meta.dirname, 'mgu.ts'), 'utf8');
  expect(wordsOf(shown)).toEqual(wordsOf(held.replace('../../../engine/layers/', './')));
});

/** Code without comments, white space and the commas that go before a closing bracket. */
const wordsOf = (code: string) =>
  code
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    .replace(/\s+/g, ' ')
    .replace(/,? ?([)\]}])/g, '$1')
    .replace(/([([{]) /g, '$1')
    .trim();

it('every gradient is the slope of the loss, in whole models', () => {
  fc.assert(fc.property(modelCases(['mgu' as CellName]), expectSlopes), { numRuns: 30 });
});

it('what is displayed of a step is what the passes computed', () => {
  const [H, G] = [4, mgu.gates.length];
  const generator = createGenerator(3);
  const draw = (count: number) => {
    const values = new Float64Array(count);
    generator.uniform(values, -1, 1);
    return values;
  };
  const none = new Float64Array(0);
  const gates = draw(G * H);
  const step: CellBuffers = {
    ...{ H, gates, dGates: gates, recurrent: draw(G * H), dRecurrent: new Float64Array(G * H) },
    ...{ hPrevious: draw(H), h: new Float64Array(H), dh: draw(H), kept: new Float64Array(H) },
    ...{ cPrevious: none, c: none, dc: none },
  };
  const ofUnit = (values: CellBuffers['gates'], j: number) => [values[j]!, values[H + j]!];
  const units = Array.from({ length: H }, (_, j) => ({
    ...{ inputSums: ofUnit(gates, j), recurrentSums: ofUnit(step.recurrent, j) },
    ...{ hPrevious: step.hPrevious[j]!, dh: step.dh[j]! },
  }));

  mgu.forward(step, 0, 1);
  const values = units.map((_, j) => ofUnit(gates, j));
  const kept = [...step.kept];
  mgu.backward(step, 0, 1);

  for (const [j, { inputSums, recurrentSums, ...unit }] of units.entries()) {
    const functions = [sigmoid, Math.tanh];
    const sums = inputSums.map((sum, g) => mgu.preActivation(g, sum, recurrentSums[g]!, values[j]!));
    for (const [g, sum] of sums.entries()) expect(functions[g]!(sum)).toBeCloseTo(values[j]![g]!, 12);

    const given = { ...unit, gates: values[j]!, recurrentSums, kept: kept[j]!, cPrevious: 0, dcFromNext: 0 };
    const { dGates } = mgu.toGates(given);
    for (const [g, dGate] of dGates.entries())
      expect(dGate * mgu.slope(g, values[j]![g]!)).toBeCloseTo(ofUnit(step.dGates, j)[g]!, 12);
  }
});

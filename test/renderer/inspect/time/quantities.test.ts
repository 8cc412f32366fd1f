import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trace } from '../../../../engine/inspect/trace.ts';
import { type Expression, evaluate, mass } from '../../../../renderer/screens/inspect/numbers/expression.ts';
import {
  DirectionQuantities,
  type QuantityName,
  storyOf,
  strips,
  unitQuantities,
} from '../../../../renderer/screens/inspect/time/quantities.ts';
import { modelsWithSamples } from '../../../engine/inspect/random-models.ts';

function expectAgreement(value: number, expression: Expression, name: string): void {
  const exact = evaluate(expression);
  if (Math.abs(value - exact) <= 1e-6 * mass(expression) + 1e-37) return;
  throw new Error(`${name} is ${value}; its expression gives ${exact}`);
}

/** Everything that a strip or a sum can show of one cell. */
const shownOf = (cell: keyof typeof strips): QuantityName[] => [
  ...new Set<QuantityName>([
    ...(strips[cell].filter((what) => what !== null) as QuantityName[]),
    ...unitQuantities[cell],
    ...(unitQuantities[cell] as QuantityName[]).flatMap((what) => storyOf(cell, what)),
  ]),
];

describe('numbers of the strips', () => {
  it('are what their expressions give, in every cell, layer and direction', () => {
    fc.assert(
      fc.property(modelsWithSamples, ({ trained, pair }) => {
        const { model } = trained;
        const traced = trace(trained, { input: pair.input });
        if (!traced.ok) throw new Error(traced.problems[0]!.message);
        for (const direction of traced.value.directions) {
          const names = Array.from({ length: model.hiddenSize }, (_, unit) => String(unit));
          const quantities = new DirectionQuantities(direction, model, names);
          for (const what of shownOf(model.cell)) {
            const quantity = quantities.get(what);
            for (let t = 0; t < quantities.steps; t++) {
              for (let unit = 0; unit < quantities.units; unit++) {
                const expression = quantity.expression(t, unit);
                expectAgreement(quantity.value(t, unit), expression, quantity.name(t, unit));
              }
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('go on from the step before in their direction’s own order', () => {
    const step = (reverse: boolean) => ({
      ...{ layer: 0, reverse, gateNames: ['h'] },
      ...{ x: new Float32Array(2), hPrevious: Float32Array.of(0, 0), cPrevious: null, c: null },
      ...{
        inputSums: new Float32Array(2),
        recurrentSums: new Float32Array(2),
        preActivations: new Float32Array(2),
      },
      ...{ gates: new Float32Array(2), h: new Float32Array(2) },
    });
    const model = { cell: 'rnn', nonlinearity: 'tanh', hiddenSize: 1, bias: false } as ConstructorParameters<
      typeof DirectionQuantities
    >[1];
    const names = (reverse: boolean) =>
      [0, 1].map((t) => new DirectionQuantities(step(reverse), model, ['o']).get('rec').name(t, 0));
    expect(names(false)).toEqual(['(W_hh h₀)[o]', '(W_hh h₁)[o]']);
    expect(names(true)).toEqual(['(W_hh h₂)[o]', '(W_hh h₀)[o]']);
  });
});

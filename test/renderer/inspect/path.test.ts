import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predict } from '../../../engine/inspect/predict.ts';
import { projectStatesInPieces } from '../../../engine/inspect/project-states.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import { evaluate, mass } from '../../../renderer/screens/inspect/numbers/expression.ts';
import {
  boxOf,
  logitsAt,
  regionsOf,
  saysAt,
  tokenColour,
} from '../../../renderer/screens/inspect/path/plane.ts';
import { coordinate, pathEpochs, pathOf } from '../../../renderer/screens/inspect/path/steps-of-path.ts';
import { modelsWithSamples } from '../../engine/inspect/random-models.ts';

describe('the path of h', () => {
  it('has coordinates that are the sums over the units, in the last layer’s directions', () => {
    fc.assert(
      fc.property(modelsWithSamples, ({ trained, pair }) => {
        const { model } = trained;
        const H = model.hiddenSize;
        const layer = model.numLayers - 1;
        const predicted = predict(trained, { input: pair.input });
        if (!predicted.ok) throw new Error('refused');
        for (const reverse of model.bidirectional ? [false, true] : [false]) {
          const answer = finish(projectStatesInPieces(trained, { inputs: [pair.input], layer, reverse }));
          if (!answer.ok) throw new Error('refused');
          const tokens = predicted.value.inputTokens;
          const path = pathOf(answer.value, tokens, reverse);
          expect(path).toHaveLength(tokens.length + 1);
          expect(path[0]).toMatchObject({ t: 0, token: null });
          expect(path[1]!.t).toBe(reverse ? tokens.length : 1);
          const width = predicted.value.states.length / tokens.length;
          for (const { t, at, token } of path.slice(1)) {
            expect(token).toBe(tokens[t - 1]);
            const from = (t - 1) * width + (reverse ? H : 0);
            const h = predicted.value.states.subarray(from, from + H);
            for (let k = 0; k < Math.min(3, H); k++) {
              const how = coordinate(k, t, h, answer.value.basis, []);
              const wrong = Math.abs(evaluate(how) - at[k]!) > 1e-6 * mass(how) + 1e-30;
              if (wrong) throw new Error(`PC${k + 1}(h${t}) is ${at[k]}; its sum gives ${evaluate(how)}`);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is asked for all epochs, or for evenly spaced ones', () => {
    expect(pathEpochs(0)).toEqual([]);
    expect(pathEpochs(1)).toEqual([1]);
    expect(pathEpochs(4)).toEqual([1, 2, 3, 4]);
    const many = pathEpochs(800);
    expect(many).toHaveLength(60);
    expect([many[0], many.at(-1)]).toEqual([1, 800]);
  });
});

describe('the plane', () => {
  const output = {
    atMean: Float32Array.of(0, 0, -100),
    // The first token to the right, the second to the left, the third nowhere.
    along: Float32Array.of(1, -1, 0, 0.5, 0.5, 0, 9, 9, 9),
  };
  const box = { left: -2, right: 4, low: -1, high: 1 };

  it('has equal scales and room for every point', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 2, y: 1 },
      { x: Number.NaN, y: 9 },
    ];
    const { left, right, low, high } = boxOf(points, { width: 300, height: 600 });
    expect((right - left) / 300).toBeCloseTo((high - low) / 600, 9);
    expect(left).toBeLessThan(0);
    expect(right).toBeGreaterThan(2);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(1);
    expect(boxOf([], { width: 100, height: 100 })).toMatchObject({ left: expect.any(Number) });
  });

  it('is cut into the regions where each token is the likeliest', () => {
    const regions = regionsOf(output, box);
    expect(regions.map(({ token, area }) => [token, area])).toEqual([
      [0, expect.closeTo(8)],
      [1, expect.closeTo(4)],
    ]);
    expect(saysAt(output, { x: 1, y: 0 })).toBe(0);
    expect(saysAt(output, { x: -1, y: 0.3 })).toBe(1);
    expect([...logitsAt(output, { x: 2, y: 1 })]).toEqual([2.5, -1.5, -100]);
  });

  it('has regions that cover it, each saying its own token', () => {
    const number = fc.float({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 6 }), (rows) => {
        const column = (i: number) => rows.map((row) => row[i]!);
        const random = {
          atMean: Float32Array.from(column(0)),
          along: Float32Array.from([...column(1), ...column(2), ...rows.map(() => 0)]),
        };
        const regions = regionsOf(random, box);
        const whole = (box.right - box.left) * (box.high - box.low);
        const equal = new Set(rows.map((row) => JSON.stringify(row.map((x) => x + 0)))).size < rows.length;
        if (!equal) expect(regions.reduce((sum, { area }) => sum + area, 0)).toBeCloseTo(whole, 3);
        for (const { token, middle } of regions) {
          const logits = logitsAt(random, middle);
          expect(logits[token]!).toBeGreaterThanOrEqual(Math.max(...logits) - 1e-5);
        }
      }),
    );
  });

  it('never colours a token in the colours of signs', () => {
    const colours = Array.from({ length: 10 }, (_, i) => tokenColour(i));
    expect(colours.slice(0, 6).every((colour) => /^var\(--run-(7|6|8|10|9|3)\)$/.test(colour ?? ''))).toBe(
      true,
    );
    expect(colours.slice(6)).toEqual([null, null, null, null]);
  });
});

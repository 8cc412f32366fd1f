/** How a parameter's values are spread, compared with counting them one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askInPieces } from '../../../engine/inspect/question.ts';
import { finish } from '../../../engine/kernels/pieces.ts';
import type { DistributionQuestion } from '../../../engine/questions.ts';
import { modelsWithSamples } from './random-models.ts';
import { train, withWeights } from './trained.ts';

const trained = train({}, 1);
const key = 'rnn.bias_hh_l0';
/** The distribution of these values as a parameter of a model. */
function spread(values: number[], question: Omit<DistributionQuestion, 'key'>) {
  const tensor = { shape: [values.length], data: values.map(Math.fround) };
  const with_ = withWeights(trained, { ...trained.weights, [key]: tensor });
  const found = finish(askInPieces<'distribution'>(with_, { kind: 'distribution', key, ...question }));
  if (!found.ok) throw new Error(found.problems.map(({ message }) => message).join('; '));
  return found.value.answer;
}

describe('a distribution', () => {
  it('counts every value once, between the edges of its bin', () => {
    const numbers = fc.array(fc.float({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: 1 });
    const ranges = fc.option(
      fc.tuple(fc.float({ noNaN: true, min: -900, max: 0 }), fc.float({ noNaN: true, min: 1, max: 900 })),
      { nil: undefined },
    );
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 96 }), ranges, (values, bins, asked) => {
        const range = asked && { from: asked[0], to: asked[1] };
        const found = spread(values, { bins, range });
        const { from, to, counts, below, above, count, mean, sd, min, max } = found;
        const [least, greatest] = [Math.min(...values), Math.max(...values)];
        expect([min, max, count]).toEqual([least, greatest, values.length]);
        if (range) expect({ from, to }).toEqual(range);
        else if (least < greatest) expect([from, to]).toEqual([least, greatest]);
        else expect([from, to]).toEqual([least - 0.5, least + 0.5]);
        const edge = (i: number) => from + (i * (to - from)) / bins;
        for (let i = 0; i < bins; i++) {
          const isLast = i === bins - 1;
          const inside = values.filter((v) => v >= edge(i) && (isLast ? v <= to : v < edge(i + 1)));
          expect(counts[i]).toBe(inside.length);
        }
        expect(below).toBe(values.filter((v) => v < from).length);
        expect(above).toBe(values.filter((v) => v > to).length);
        const own = values.reduce((sum, v) => sum + v, 0) / values.length;
        const variance = values.reduce((sum, v) => sum + (v - own) ** 2, 0) / values.length;
        expect(mean).toBeCloseTo(own, 8);
        expect(sd).toBeCloseTo(Math.sqrt(variance), 8);
      }),
    );
  });

  it('puts a value on an edge into the bin that begins there, however the division rounds', () => {
    // 7.5 / 11 · 22 is less than 15 in doubles.
    const { counts } = spread([7.5], { bins: 22, range: { from: 0, to: 11 } });
    expect(counts.indexOf(1)).toBe(15);
  });

  it('has single values of any parameter by their places', () => {
    fc.assert(
      fc.property(modelsWithSamples, ({ trained: model }) => {
        for (const [own, { data }] of Object.entries(model.weights)) {
          const indices = [data.length - 1, 0];
          const question = { kind: 'distribution', key: own, bins: 4, indices } as const;
          const found = finish(askInPieces<'distribution'>(model, question));
          if (!found.ok) throw new Error('refused');
          const { values, counts, count } = found.value.answer;
          expect([...values]).toEqual(indices.map((i) => data[i]));
          expect(counts.reduce((sum, one) => sum + one, 0)).toBe(count);
          expect(count).toBe(data.length);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('says what cannot be counted', () => {
    expect(() => spread([1], { bins: 97 })).toThrow('bins is 97; one question takes 1 to 96');
    expect(() => spread([1], { bins: 0 })).toThrow('bins is 0');
    expect(() => spread([1], { bins: 4, range: { from: 1, to: 1 } })).toThrow(
      'range is from 1 to 1; its end must lie above its beginning',
    );
    expect(() => spread([1, 2], { bins: 4, indices: [2] })).toThrow(
      'indices holds 2; rnn.bias_hh_l0 has the places 0 to 1',
    );
    expect(() => spread([1], { bins: 4, indices: new Array(1001).fill(0) })).toThrow(
      'indices has 1001 places; one question takes at most 1000',
    );
    const none = finish(askInPieces(trained, { kind: 'distribution', key: 'rnn', bins: 4 }));
    expect(none).toMatchObject({ ok: false, problems: [{ code: 'unknown-weight' }] });
  });
});

import { describe, expect, it } from 'vitest';
import type { DirectionTrace, Trace, UnitPatches } from '../../../../engine/questions.ts';
import {
  type Intervention,
  interventionSigns,
  patchesOf,
  variantName,
} from '../../../../renderer/screens/inspect/try/interventions.ts';
import { likelyTokens, shareText } from '../../../../renderer/screens/inspect/try/likely-tokens.ts';
import {
  decidingUnit,
  defaultPair,
  marginsOf,
  unitsToTry,
} from '../../../../renderer/screens/inspect/try/margins.ts';
import { mostTokens, readText, sameFrom } from '../../../../renderer/screens/inspect/try/tried-texts.ts';

const zero: Intervention = {
  kind: 'zero',
  state: 'h',
  layer: 0,
  reverse: false,
  step: 2,
  isLasting: false,
  unit: null,
  value: 0,
};
/** B's trace of three steps with two units. */
const other = {
  directions: [
    { layer: 0, reverse: false, h: Float32Array.of(1, 2, 3, 4, 5, 6), c: null } as unknown as DirectionTrace,
  ],
} as unknown as Trace;

describe('interventions', () => {
  it('become patches of the step, or of all from it on', () => {
    expect(patchesOf(zero, 7, 2, null)).toEqual([
      { layer: 0, reverse: false, state: 'h', units: null, step: 2, set: 'zero' },
    ]);
    expect(patchesOf({ ...zero, kind: 'freeze', isLasting: true, unit: 1 }, 7, 2, null)).toMatchObject([
      { step: 2, until: 6, units: [1], set: 'freeze' },
    ]);
    expect(patchesOf({ ...zero, step: -1 }, 7, 2, null)).toMatchObject([{ step: null }]);
    const [set] = patchesOf({ ...zero, kind: 'set', value: 0.5 }, 7, 2, null)!;
    expect(set!.set).toEqual(Float32Array.of(0.5, 0.5));
  });

  it('swap the states that B has at the same steps, to B’s end', () => {
    const swap: Intervention = { ...zero, kind: 'swap', step: 1 };
    expect(patchesOf(swap, 5, 2, other)).toMatchObject([{ step: 1, set: Float32Array.of(3, 4) }]);
    expect(patchesOf({ ...swap, unit: 1, isLasting: true }, 5, 2, other)).toMatchObject([
      { step: 1, units: [1], set: Float32Array.of(4) },
      { step: 2, units: [1], set: Float32Array.of(6) },
    ]);
  });

  it('are none where B is missing or has ended', () => {
    expect(patchesOf({ ...zero, kind: 'swap' }, 5, 2, null)).toBeNull();
    expect(patchesOf({ ...zero, kind: 'swap', step: 3 }, 5, 2, other)).toBeNull();
    expect(patchesOf({ ...zero, kind: 'swap', state: 'c' }, 5, 2, other)).toBeNull();
  });

  it('have names and signs', () => {
    expect([0, 1, 2, 3, 4].map(variantName)).toEqual(['A′', 'A″', 'A‴', 'A⁗', 'A₅']);
    expect(interventionSigns(zero)).toBe('h₃ ← 0');
    expect(interventionSigns({ ...zero, kind: 'swap', isLasting: true })).toBe('h₃… ← h₃…(B)');
    expect(interventionSigns({ ...zero, kind: 'freeze', state: 'c', unit: 16 })).toBe('c₃[16] ← c₂');
    expect(interventionSigns({ ...zero, kind: 'set', step: -1, value: -1.5 })).toBe('h₀ ← −1.5');
  });
});

describe('texts that are tried', () => {
  const dataset = { tokens: 'characters', vocabulary: ['a', 'b'] } as const;

  it('can be read where all tokens are known and they are not too many', () => {
    expect(readText('abba', { ...dataset, vocabulary: ['a', 'b'] })).toMatchObject({
      isReadable: true,
      unknown: [],
    });
    expect(readText('', { ...dataset, vocabulary: ['a'] }).isReadable).toBe(false);
    expect(readText('a'.repeat(mostTokens + 1), { ...dataset, vocabulary: ['a'] })).toMatchObject({
      isReadable: false,
      isTooLong: true,
    });
  });

  it('name each unknown token once; where <unk> stands for them there is none', () => {
    expect(readText('axxqa', { ...dataset, vocabulary: ['a', 'b'] })).toMatchObject({
      isReadable: false,
      unknown: ['x', 'q'],
    });
    expect(readText('ax', { ...dataset, vocabulary: ['<unk>', 'a'], unknown: '<unk>' }).isReadable).toBe(
      true,
    );
  });

  it('are compared from the end', () => {
    expect(sameFrom(['a', 'b', 'c'], ['x', 'b', 'c'])).toBe(1);
    expect(sameFrom(['a', 'b'], ['a', 'b'])).toBe(0);
    expect(sameFrom(['a', 'b'], ['a', 'c'])).toBeNull();
    expect(sameFrom(['a'], ['a', 'b'])).toBeNull();
  });
});

describe('likely tokens', () => {
  it('are all of a small vocabulary in its order, else the five likeliest and the others', () => {
    expect(likelyTokens([0.2, 0.5, 0.3]).map(({ code }) => code)).toEqual([0, 1, 2]);
    const many = [0.05, 0.3, 0.05, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05];
    const likely = likelyTokens(many);
    expect(likely.map(({ code }) => code)).toEqual([1, 3, 4, 5, 6, null]);
    expect(likely.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
  });

  it('are written in four characters', () => {
    expect([0, 0.0001, 0.0931, 0.5, 1].map(shareText)).toEqual(['0', '<.001', '.093', '.500', '1.00']);
  });
});

describe('what decides between two tokens', () => {
  const prediction = {
    logits: Float32Array.of(1, 3, 0, 5, 2, 4),
    predictedTokens: ['b', 'a'],
  };

  it('is the difference of their logits', () => {
    expect(marginsOf(prediction, 3, 1, 0)).toEqual(Float32Array.of(2, -3));
  });

  it('is asked of what A says against what B says, else against A’s second', () => {
    const vocabulary = ['a', 'b', 'c'];
    expect(defaultPair(prediction, { predictedTokens: ['b', 'b'] }, vocabulary, 1)).toEqual({
      target: 0,
      rival: 1,
    });
    expect(defaultPair(prediction, { predictedTokens: ['b', 'a'] }, vocabulary, 1)).toEqual({
      target: 0,
      rival: 2,
    });
    expect(defaultPair(prediction, null, vocabulary, 0)).toEqual({ target: 1, rival: 0 });
  });

  const tried: UnitPatches = {
    units: Int32Array.of(0, 5, 9),
    before: Float32Array.of(0, 7),
    together: Float32Array.of(0, -8),
    after: Float32Array.of(0, 6, 0, -2, 0, 8),
  };

  it('is the unit that moves the margin most, beside the furthest of the others', () => {
    expect(decidingUnit(tried, 1)).toEqual({ unit: 5, before: 7, after: -2, others: 6, isLower: true });
    const raised = { ...tried, after: Float32Array.of(0, 6, 0, 20, 0, 8) };
    expect(decidingUnit(raised, 1)).toMatchObject({ unit: 5, after: 20, others: 8, isLower: false });
  });

  it('is none where no unit moves it', () => {
    expect(decidingUnit(tried, 0)).toBeNull();
    expect(decidingUnit({ ...tried, units: new Int32Array() }, 1)).toBeNull();
  });

  it('is looked for among all units, of many evenly', () => {
    expect(unitsToTry(3)).toEqual([0, 1, 2]);
    expect(unitsToTry(128)).toHaveLength(64);
    expect(unitsToTry(128).at(-1)).toBe(126);
  });
});

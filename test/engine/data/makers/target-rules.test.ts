import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeTarget, makeTargets, type TargetRule } from '../../../../engine/data/makers/target-rules.ts';
import { splitTokens } from '../../../../engine/data/tokens.ts';
import { compareCodePoints } from '../../../../engine/data/vocabulary.ts';

test.each<[string, TargetRule, string]>([
  ['hello', { kind: 'copy' }, 'hello'],
  ['hello', { kind: 'reverse' }, 'olleh'],
  ['hello', { kind: 'upper' }, 'HELLO'],
  ['hello', { kind: 'sort' }, 'ehllo'],
  ['hello', { kind: 'shift', by: 1 }, 'elloh'],
  ['hello', { kind: 'shift', by: -2 }, 'lohel'],
  ['hello', { kind: 'shift', by: 12 }, 'llohe'],
  ['hello', { kind: 'next', end: '.' }, 'ello.'],
  ['hello', { kind: 'delay', by: 2, fill: '·' }, '··hel'],
  ['hello', { kind: 'delay', by: 9, fill: '·' }, '·····'],
  ['', { kind: 'next', end: '.' }, ''],
  ['', { kind: 'shift', by: 3 }, ''],
  ['e\u0301a👩‍🚀', { kind: 'reverse' }, '👩‍🚀ae\u0301'],
])('%s by %o is %s', (input, rule, target) => {
  expect(makeTarget(input, rule, 'characters')).toMatchObject({ ok: true, value: target });
});

test('words are tokens where white space parts them', () => {
  expect(makeTarget('one two  three', { kind: 'delay', by: 1, fill: 'zero' }, 'spaces')).toMatchObject({
    value: 'zero one two',
  });
});

const rules: fc.Arbitrary<TargetRule> = fc.oneof(
  fc.constantFrom<TargetRule>({ kind: 'copy' }, { kind: 'reverse' }, { kind: 'upper' }, { kind: 'sort' }),
  fc.integer({ min: -20, max: 20 }).map((by): TargetRule => ({ kind: 'shift', by })),
  fc.constant<TargetRule>({ kind: 'next', end: '.' }),
  fc.nat(20).map((by): TargetRule => ({ kind: 'delay', by, fill: '.' })),
);

describe('whatever the input', () => {
  test('a target has as many tokens, or is a problem that says how many it would have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), rules, (input, rule) => {
        const made = makeTarget(input, rule, 'characters');
        const T = splitTokens(input, 'characters').length;
        if (made.ok) expect(splitTokens(made.value, 'characters')).toHaveLength(T);
        else expect(made.problems).toMatchObject([{ code: 'unequal-length', details: { inputTokens: T } }]);
      }),
    );
  });

  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '床', '🙂') });
  const make = (input: string, rule: TargetRule) => {
    const made = makeTarget(input, rule, 'characters');
    return made.ok ? made.value : null;
  };

  test('reversing twice, and shifting there and back, give the input again', () => {
    fc.assert(
      fc.property(letters, fc.integer({ min: -30, max: 30 }), (input, by) => {
        expect(make(make(input, { kind: 'reverse' })!, { kind: 'reverse' })).toBe(input);
        expect(make(make(input, { kind: 'shift', by })!, { kind: 'shift', by: -by })).toBe(input);
      }),
    );
  });

  test('a delay says at t what was heard at t − by', () => {
    fc.assert(
      fc.property(letters, fc.nat(10), (input, by) => {
        const heard = splitTokens(input, 'characters');
        const said = splitTokens(make(input, { kind: 'delay', by, fill: '.' })!, 'characters');
        expect(said).toEqual(heard.map((_, t) => heard[t - by] ?? '.'));
      }),
    );
  });

  test('sorting keeps the tokens and puts them in order', () => {
    fc.assert(
      fc.property(letters, (input) => {
        const sorted = splitTokens(make(input, { kind: 'sort' })!, 'characters');
        expect(sorted).toEqual(splitTokens(input, 'characters').sort(compareCodePoints));
      }),
    );
  });
});

describe('what cannot be made', () => {
  test.each<[TargetRule, string]>([
    [{ kind: 'delay', by: -1, fill: '.' }, 'rule.by is -1; it must be a whole number from 0 to 1,000,000'],
    [{ kind: 'delay', by: 1.5, fill: '.' }, 'rule.by is 1.5; it must be a whole number from 0 to 1,000,000'],
    [{ kind: 'delay', by: 1, fill: '..' }, 'rule.fill is ".."; it must be one token'],
    [
      { kind: 'shift', by: Number.NaN },
      'rule.by is NaN; it must be a whole number from -1,000,000 to 1,000,000',
    ],
    [{ kind: 'next', end: '' }, 'rule.end is ""; it must be one token'],
  ])('%o: %s', (rule, message) => {
    expect(makeTargets(['ab'], rule, 'characters')).toMatchObject({ ok: false, problems: [{ message }] });
  });

  test('names every input whose target has another number of tokens', () => {
    const made = makeTargets(['gross', 'groß', 'ab', 'weiß'], { kind: 'upper' }, 'characters');
    expect(made).toMatchObject({
      ok: false,
      problems: [
        {
          path: 'inputs[1]',
          message:
            'inputs[1]: input has 4 tokens, its target by upper "GROSS" has 5; a mapping needs as many',
        },
        { path: 'inputs[3]' },
      ],
    });
  });
});

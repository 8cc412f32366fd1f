import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyDraft } from '../../../engine/data/draft.ts';
import { applyEdit } from '../../../engine/data/draft-edits.ts';
import { dataLimits } from '../../../engine/data/limits.ts';
import { changeText, checkTextChanges, diffText } from '../../../engine/data/text-changes.ts';
import { LabError } from '../../../engine/errors.ts';

const text = fc.string({
  unit: fc.constantFrom('a', 'b', '\r', '\n', 'é', '👩‍🚀', '𝒳', '𝒴', '🌍'),
  maxLength: 40,
});

test('the change between two texts leads from one to the other and back, in whole characters', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const change = diffText(before, after);
      expect(change === null).toBe(before === after);
      if (!change) return;
      expect(checkTextChanges(before, [change])).toBeNull();
      const made = changeText(before, [change]);
      expect(made.text).toBe(after);
      expect(changeText(after, made.inverse).text).toBe(before);
    }),
    { numRuns: 2000 },
  );
});

test('a long text changed in its middle differs by what was typed there alone', () => {
  const long = 'abcdefghi '.repeat(2000);
  const typed = `${long.slice(0, 9999)}xyz${long.slice(10_001)}`;
  expect(diffText(long, typed)).toEqual({ at: 9999, remove: 2, insert: 'xyz' });
  expect(diffText(long, `${long}!`)).toEqual({ at: 20_000, remove: 0, insert: '!' });
});

test('changes here and there are one edit of the draft, whose inverse gives the draft back', () => {
  fc.assert(
    fc.property(text, fc.array(fc.tuple(fc.nat(), fc.nat(3), text), { maxLength: 6 }), (before, wanted) => {
      const whole = [...before.matchAll(/(?:)/gu)].map(({ index }) => index);
      let from = 0;
      const changes = wanted.flatMap(([gap, wide, insert]) => {
        const first = from + (gap % 4);
        if (first >= whole.length) return [];
        const last = Math.min(whole.length - 1, first + wide);
        from = last;
        return [{ at: whole[first]!, remove: whole[last]! - whole[first]!, insert }];
      });
      const draft = { ...emptyDraft(), data: { ...emptyDraft().data, text: before } };
      const made = applyEdit(draft, { kind: 'text', changes });
      let naive = before;
      for (const { at, remove, insert } of changes.toReversed()) {
        naive = naive.slice(0, at) + insert + naive.slice(at + remove);
      }
      expect(made.draft.data.text).toBe(naive);
      const undone = applyEdit(made.draft, made.inverse);
      expect(undone.draft).toEqual(draft);
      expect(applyEdit(undone.draft, undone.inverse).draft).toEqual(made.draft);
    }),
    { numRuns: 1000 },
  );
});

test('what does not fit the text is refused with its place', () => {
  const changed = (before: string, ...changes: [number, number, string][]) =>
    checkTextChanges(
      before,
      changes.map(([at, remove, insert]) => ({ at, remove, insert })),
    );
  expect(changed('abc', [2, 2, ''])?.code).toBe('edit-wrong-place');
  expect(changed('abc', [-1, 0, ''])?.code).toBe('edit-wrong-place');
  expect(changed('abc', [2, 1, ''], [1, 1, ''])?.code).toBe('edit-wrong-place');
  expect(changed('a🌍', [2, 0, 'x'])?.code).toBe('broken-character');
  expect(changed('a🌍', [1, 1, ''])?.code).toBe('broken-character');
  expect(changed('ab', [1, 0, '\ud83c'])?.code).toBe('broken-character');
  const most = 'a'.repeat(dataLimits.textCharacters);
  expect(changed(most, [0, 0, 'b'])).toMatchObject({
    code: 'too-long',
    details: { count: dataLimits.textCharacters + 1, limit: dataLimits.textCharacters },
  });
  expect(changed(most, [0, 1, 'b'])).toBeNull();
  expect(() =>
    applyEdit(emptyDraft(), { kind: 'text', changes: [{ at: 1, remove: 0, insert: 'a' }] }),
  ).toThrow(LabError);
});

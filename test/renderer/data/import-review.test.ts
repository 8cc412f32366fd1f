import { describe, expect, it } from 'vitest';
import type { EncodingCandidate } from '../../../engine/formats/importing/encodings.ts';
import type { ImportPreview } from '../../../engine/formats/importing/preview.ts';
import {
  importLock,
  nextRecord,
  problemsByRecord,
  wrongDecoding,
} from '../../../renderer/screens/data/import/import-review.ts';
import { labelChoices } from '../../../renderer/screens/data/import/label-choices.ts';

const candidate = (encoding: EncodingCandidate['encoding'], bad: number, score: number) =>
  ({ encoding, bad, score, marked: false, preview: '' }) satisfies EncodingCandidate;

describe('a decoding', () => {
  const listed = [
    candidate('gb18030', 0, 0.9),
    candidate('big5', 3, 0.8),
    candidate('windows-1252', 0, 0.05),
  ];

  it('looks wrong where it has more bad places or far less sense than the likeliest', () => {
    expect(wrongDecoding(listed, 'gb18030')).toBeNull();
    expect(wrongDecoding(listed, 'big5')?.better?.encoding).toBe('gb18030');
    expect(wrongDecoding(listed, 'windows-1252')?.better?.encoding).toBe('gb18030');
    expect(wrongDecoding([listed[0]!, candidate('big5', 0, 0.7)], 'big5')).toBeNull();
    const lossy = [candidate('utf-8', 2, 0.5)];
    expect(wrongDecoding(lossy, 'utf-8')).toEqual({ chosen: lossy[0], better: null });
  });

  const preview = (changes: object) =>
    ({
      choices: { encoding: 'gb18030', columns: ['input', 'target'] },
      counts: { train: 1, validation: 0, off: 0 },
      encodings: listed,
      text: null,
      ...changes,
    }) as unknown as ImportPreview;

  it('that is wrong locks the import until it is accepted, as do missing columns and no rows', () => {
    expect(importLock(preview({}), 'label', null)).toBeNull();
    const wrong = preview({ choices: { encoding: 'windows-1252', columns: ['input', 'target'] } });
    expect(importLock(wrong, 'label', null)).toBe('wrong_decoding');
    expect(importLock(wrong, 'label', 'big5')).toBe('wrong_decoding');
    expect(importLock(wrong, 'label', 'windows-1252')).toBeNull();
    const alone = preview({ choices: { encoding: 'gb18030', columns: ['ignore', 'input'] } });
    expect(importLock(alone, 'label', null)).toBe('no_target');
    // A mapping's targets may be made by rule later.
    expect(importLock(alone, 'mapping', null)).toBeNull();
    expect(
      importLock(preview({ choices: { encoding: 'gb18030', columns: ['note'] } }), 'mapping', null),
    ).toBe('no_input');
    const none = { counts: { train: 0, validation: 0, off: 0 } };
    expect(importLock(preview(none), 'mapping', null)).toBe('no_rows');
    expect(importLock(preview({ ...none, text: {} }), 'mapping', null)).toBeNull();
  });
});

it('lines with a problem are stepped through in a circle, each with its most frequent kind', () => {
  const problems = [
    { code: 'a', count: 2, records: [3, 9] },
    { code: 'b', count: 1, records: [3] },
  ] as unknown as ImportPreview['problems'];
  const found = problemsByRecord(problems);
  expect([...found].map(([record, { kind, isFirst }]) => [record, kind.code, isFirst])).toEqual([
    [3, 'a', true],
    [9, 'a', false],
  ]);
  expect([0, 3, 9].map((after) => nextRecord([3, 9], after))).toEqual([3, 9, 3]);
  expect(nextRecord([], 3)).toBeNull();
});

it('a label stays itself, or becomes one of the project or the file', () => {
  expect(labelChoices('b', 'x', ['a'], ['a', 'b', 'c', ''])).toEqual([
    { to: 'b', kind: 'new' },
    { to: 'x', kind: 'new' },
    { to: 'a', kind: 'known' },
    { to: 'c', kind: 'new' },
  ]);
  expect(labelChoices('', '', [], ['a'])[0]).toEqual({ to: '', kind: 'new' });
});

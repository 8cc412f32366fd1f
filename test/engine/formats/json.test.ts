import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../engine/formats/parse-json.ts';
import { writeJson } from '../../../engine/formats/write-json.ts';

test('any JSON value is written so that it reads back the same, -0 included', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = writeJson(value);
      expect(JSON.parse(text)).toEqual(value);
      expect(writeJson(JSON.parse(text))).toBe(text);
    }),
  );
  expect(Object.is(JSON.parse(writeJson([-0]))[0], -0)).toBe(true);
});

test('what fits stands on a line, numbers always do', () => {
  const numbers = Array.from({ length: 60 }, (_, i) => i);
  expect(writeJson({ name: 'a', list: ['x', 'y'], none: [], missing: undefined })).toBe(
    '{ "name": "a", "list": ["x", "y"], "none": [] }\n',
  );
  expect(writeJson({ numbers, inner: { a: 1 } })).toBe(
    `{\n  "numbers": [${numbers.join(', ')}],\n  "inner": { "a": 1 }\n}\n`,
  );
});

test('what JSON cannot say is misuse', () => {
  expect(() => writeJson([Number.NaN])).toThrow('NaN cannot be written as JSON');
  expect(() => writeJson(() => 1)).toThrow('function cannot be written as JSON');
});

test('brackets in strings are no nesting', () => {
  expect(parseJson(JSON.stringify({ text: '[{'.repeat(500), quote: '\\"[' }), 'the file').ok).toBe(true);
});

describe('what JSON.parse would take in silence', () => {
  const said = (text: string) => {
    const parsed = parseJson(text, 'the file');
    return parsed.ok ? parsed.value : parsed.problems.map(({ code, message }) => `${code}: ${message}`);
  };

  test.each([
    [
      '{"a": 1, "b": 2, "a": 3}',
      'duplicate-key: a appears twice in the file, the second time on line 1; a key may appear once',
    ],
    [
      '{"list": [{}, {"inner": {"x y": 1,\n"x\\u0020y": 2}}]}',
      'duplicate-key: list[1].inner["x y"] appears twice in the file, the second time on line 2; a key may appear once',
    ],
    [
      `{${Array.from({ length: 40 }, (_, i) => `"k${i}": 0`).join(',')}, "k3": 1}`,
      'duplicate-key: k3 appears twice in the file, the second time on line 1; a key may appear once',
    ],
    [
      '{"__proto__": 1, "__proto__": 2}',
      'duplicate-key: __proto__ appears twice in the file, the second time on line 1; a key may appear once',
    ],
    ['{"lr":\n1e999}', 'not-finite: lr is 1e999 on line 2; it must be a finite number'],
    ['[0, [-1E+400]]', 'not-finite: [1][0] is -1E+400 on line 1; it must be a finite number'],
    [`[${'9'.repeat(400)}]`, `not-finite: [0] is ${'9'.repeat(40)}… on line 1; it must be a finite number`],
    [
      '["\\ud83d"]',
      'broken-character: [0] holds half a surrogate pair, on line 1; it must be whole characters',
    ],
    [
      '{"a\\udc00": 1}',
      'broken-character: ["a\\udc00"] holds half a surrogate pair, on line 1; it must be whole characters',
    ],
    [
      '\n"\ud83d"',
      'broken-character: the file holds half a surrogate pair, on line 2; it must be whole characters',
    ],
  ])('%s', (text, sentence) => {
    expect(said(text)).toEqual([sentence]);
  });

  test('the same keys in several objects, numbers near the largest, whole pairs and escaped marks are fine', () => {
    const text = '[{"a": 1}, {"a": {"a": 1.7e308}}, "\\ud83d\\ude00 \\"a\\": 1e999", "\\\\ud83d", 1e-999]';
    expect(said(text)).toEqual(JSON.parse(text));
  });

  test('very many keys of one object are refused before they are parsed', () => {
    const keys = Array.from({ length: 100_001 }, (_, i) => `"${i}":0`).join(',');
    expect(said(`{${keys}}`)).toEqual([
      'too-many-keys: the file has an object of more than 100,000 keys; nothing that is read here has',
    ]);
  });

  test('of any JSON it says nothing, and gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(parseJson(text, 'the file')).toMatchObject({ ok: true, value: JSON.parse(text) });
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});

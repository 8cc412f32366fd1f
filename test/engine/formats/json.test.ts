import fc from 'fast-check';
import { expect, test } from 'vitest';
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

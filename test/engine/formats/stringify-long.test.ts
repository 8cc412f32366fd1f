import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringifyLong } from '../../../engine/formats/stringify-long.ts';

it('gives the text that JSON.stringify gives, of lists longer than a piece too', () => {
  const value = fc.anything({
    withNullPrototype: false,
    maxDepth: 8,
    values: [fc.jsonValue(), fc.constant(undefined)],
  });
  fc.assert(
    fc.property(value, fc.nat(250), (one, length) => {
      const long = {
        a: [{ b: Array.from({ length }, (_, i) => ({ i, one, 李: '"\\\ud800\n' })) }],
        c: undefined,
      };
      expect(stringifyLong(long)).toBe(JSON.stringify(long));
      if (one !== undefined) expect(stringifyLong(one)).toBe(JSON.stringify(one));
    }),
  );
  for (const odd of [
    null,
    1,
    '李',
    [],
    {},
    [undefined],
    Array.from({ length: 300 }),
    new Date(0),
    [new Date(0)],
  ]) {
    expect(stringifyLong(odd)).toBe(JSON.stringify(odd));
  }
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { splitTokens } from '../../../engine/data/tokens.ts';
import { inkless, shownToken } from '../../../renderer/components/invisible.ts';

it.each([
  ['a', 'a', null],
  [' ', '␣', null],
  ['\t', '⇥', 'TAB U+0009'],
  ['\r\n', '↩⏎', 'CARRIAGE RETURN, LINE FEED U+000D U+000A'],
  ['\u200b', 'ZW', 'ZERO WIDTH SPACE U+200B'],
  ['\u00a0', 'NB', 'NO-BREAK SPACE U+00A0'],
  ['\ufeff', 'BOM', 'ZERO WIDTH NO-BREAK SPACE U+FEFF'],
  ['\u00ad', 'SHY', 'SOFT HYPHEN U+00AD'],
  ['\u202e', '␣', 'U+202E'],
  ['\u2067', '␣', 'U+2067'],
  ['e\u200d', 'e\u200d', 'ZERO WIDTH JOINER U+200D'],
])('the token %j is drawn as %s and named %s', (token, text, title) => {
  expect(shownToken(token)).toEqual({ text, title });
});

it('no token of a text full of them is drawn without ink', () => {
  const text = readFileSync(join(import.meta.dirname, '../../fixtures/cases/invisible.tsv'), 'utf8');
  for (const token of splitTokens(text, 'characters')) {
    expect(shownToken(token).text.split(inkless).join(''), JSON.stringify(token)).not.toBe('');
  }
});

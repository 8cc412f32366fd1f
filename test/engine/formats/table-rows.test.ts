import { describe, expect, it } from 'vitest';
import { parseRows } from '../../../engine/formats/table-rows.ts';

const pairs = (text: string) => parseRows(text).map(({ input, target }) => [input, target]);

describe('rows of a table', () => {
  it('come from a spreadsheet: tabs between columns, a row a line', () => {
    expect(pairs('hello\tohlol\r\nhole\teloh\r\n')).toEqual([
      ['hello', 'ohlol'],
      ['hole', 'eloh'],
    ]);
  });
  it('come from a CSV with quotes, commas and line breaks in a field', () => {
    expect(pairs('"a,b","say ""hi"""\n"two\nlines",x')).toEqual([
      ['a,b', 'say "hi"'],
      ['two\nlines', 'x'],
    ]);
  });
  it('keep spaces, which may be tokens, and commas where tabs separate', () => {
    expect(pairs(' a b \t, ')).toEqual([[' a b ', ', ']]);
  });
  it('leave out a line of names, follow its order, and know the splits', () => {
    const rows = parseRows('target,split,input,note\nb,validation,a,from class 7\nd,nonsense,c,');
    expect(rows).toEqual([
      { input: 'a', target: 'b', split: 'validation', note: 'from class 7' },
      { input: 'c', target: 'd', split: 'train', note: '' },
    ]);
  });
  it('are single words where there is one column, and none in an empty file', () => {
    expect(pairs('hello\nworld')).toEqual([
      ['hello', ''],
      ['world', ''],
    ]);
    expect(parseRows('\uFEFF\n\n')).toEqual([]);
  });
});

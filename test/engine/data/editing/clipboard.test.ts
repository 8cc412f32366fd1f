import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTable, tableHtml, tableText } from '../../../../engine/data/editing/clipboard.ts';

const awkward = fc.constantFrom('a', '"', '""', '\t', '\n', '\r', '\r\n', ' ', ',', '好', '\u200b', '\ufeff');
const cell = fc.oneof(
  fc.string(),
  fc.array(awkward, { maxLength: 6 }).map((parts) => parts.join('')),
);
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
  );

describe('a table on the clipboard', () => {
  it('is read as it was written, whatever stands in its cells', () => {
    fc.assert(
      fc.property(table, (cells) => {
        expect(parseTable(tableText(cells))).toEqual(cells);
      }),
    );
  });

  it.each([
    [
      'Excel',
      'a\tb\r\n"x\ny"\t"say ""hi"""\r\n',
      [
        ['a', 'b'],
        ['x\ny', 'say "hi"'],
      ],
    ],
    [
      'LibreOffice',
      'a\tb\n"x\ny"\tz',
      [
        ['a', 'b'],
        ['x\ny', 'z'],
      ],
    ],
    [
      'Google Sheets',
      'a\t\n"x\ny"\tsay "hi"',
      [
        ['a', ''],
        ['x\ny', 'say "hi"'],
      ],
    ],
    ['a column with an empty cell', 'a\r\n\r\nb\r\n', [['a'], [''], ['b']]],
    [
      'a lone quote',
      'he said "hi\t5" disk\n"open\tx',
      [
        ['he said "hi', '5" disk'],
        ['"open', 'x'],
      ],
    ],
    ['a quote that closes too early', '"a"b\tc', [['"a"b', 'c']]],
    ['one cell', 'hello', [['hello']]],
  ])('comes from %s', (_, text, cells) => expect(parseTable(text)).toEqual(cells));

  it('is text in HTML too, escaped, each cell marked as text', () => {
    const html = tableHtml([
      ['<b>', '007'],
      ['a\nb', '&'],
    ]);
    expect(html).toContain('&lt;b&gt;');
    expect(html).toContain('a<br>b');
    expect(html.match(/<tr>/g)).toHaveLength(2);
    expect(html.match(/mso-number-format:'\\@'/g)).toHaveLength(4);
  });
});

import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../engine/formats/csv-line.ts';
import { type ChartCell, type ChartNumbers, csvPieces } from '../../../renderer/charts/panel/numbers.ts';

const columns = [
  { key: 'epoch', label: '轮次' },
  { key: 'loss', label: 'loss' },
];

async function written(numbers: ChartNumbers) {
  const pieces = [];
  for await (const piece of csvPieces(numbers)) pieces.push(piece);
  return { text: pieces.map(({ text }) => text).join(''), rows: pieces.map(({ rows }) => rows) };
}

describe('the numbers of a chart as CSV', () => {
  it('have the columns’ keys as their head, in every language', async () => {
    const rows: ChartCell[][] = [
      [1, 0.5],
      [2, null],
    ];
    const { text } = await written({ columns, count: 2, at: (index) => rows[index]! });
    expect(text).toBe('epoch,loss\n1,0.5\n2,\n');
  });

  it('come in the pieces in which they are fetched, and say how far they are', async () => {
    const { text, rows } = await written({
      columns,
      count: 3,
      at: () => null,
      async *pages() {
        yield [[1, 1]];
        yield [
          [2, 2],
          [3, 3],
        ];
      },
    });
    expect(text).toBe('epoch,loss\n1,1\n2,2\n3,3\n');
    expect(rows).toEqual([0, 1, 3]);
  });

  it('are written so that no spreadsheet takes them for something else', () => {
    expect(csvLine(['=1+1', 'a,b', 'say "hi"', ' x', "'", null, Number.NaN, Math.fround(0.1)])).toBe(
      `'=1+1,"a,b","say ""hi"""," x",'',,NaN,0.1`,
    );
  });
});

import { expect, test } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { metricsHeader, writeMetricsCsv } from '../../../engine/formats/metrics-csv.ts';

const row = (predictions: string[]): EpochRow => ({
  epoch: 1,
  loss: 0.5,
  lr: 0.05,
  gradNorm: Number.NaN,
  accuracy: 0.25,
  validationLoss: null,
  validationAccuracy: null,
  trainedMs: 3,
  probabilities: null,
  predictions,
});

const cellOf = (...predictions: string[]) =>
  writeMetricsCsv([row(predictions)])
    .slice(metricsHeader.length + 1, -1)
    .replace('1,0.5,0.05,NaN,0.25,,,3,', '');

/** Reads the last cell back as RFC 4180 and docs/formats.md define it. */
function readBack(cell: string): string[] {
  const text = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
  const plain = text.startsWith("'") ? text.slice(1) : text;
  return plain.split(/ \| /).map((prediction) => prediction.replace(/\\(.)/gs, '$1'));
}

test('what a spreadsheet takes for a formula begins with an apostrophe', () => {
  expect(cellOf('=1+1')).toBe("'=1+1");
  for (const start of ['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
    expect(cellOf(`${start}cmd`), start).toBe(`'${start}cmd`);
    expect(cellOf(` ${start}cmd`), start).toBe(`' ${start}cmd`);
  }
  expect(cellOf('\t=1')).toBe(`"'\t=1"`);
  expect(cellOf('=HYPERLINK("http://x")')).toBe(`"'=HYPERLINK(""http://x"")"`);
  // Negative numbers get no apostrophe.
  expect(writeMetricsCsv([{ ...row(['a']), loss: -1e-7 }])).toContain('\n1,-1e-7,');
});

test('every list of predictions reads back as it was', () => {
  const odd = [
    'a',
    'a|b',
    'a | b',
    '|',
    '\\',
    '\\|',
    'a\\',
    "'",
    "'=1",
    '=1',
    '-',
    '"',
    'a,b',
    'a;b',
    'a\nb',
    ' a ',
    '\r\n',
    '床',
  ];
  const seen = new Set<string>();
  for (const one of odd) {
    for (const list of [[one], ...odd.map((other) => [one, other])]) {
      const cell = cellOf(...list);
      expect(readBack(cell), JSON.stringify(list)).toEqual(list);
      seen.add(cell);
    }
  }
  expect(seen.size).toBe(odd.length * (odd.length + 1));
});

test('the mark for Excel comes on wish, before all else', () => {
  const plain = writeMetricsCsv([row(['床'])]);
  expect(plain.startsWith('epoch,')).toBe(true);
  expect(writeMetricsCsv([row(['床'])], { excelMark: true })).toBe(`\ufeff${plain}`);
});

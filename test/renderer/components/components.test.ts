import { describe, expect, it } from 'vitest';
import {
  divergingColour,
  runColour,
  runToken,
  sequentialColour,
} from '../../../renderer/components/colour-scale.ts';
import { fileNameOf, folderOf, joinPath, shownEntries } from '../../../renderer/components/file-chooser.ts';
import { splitRichText } from '../../../renderer/components/rich-text.ts';
import { sparklinePoints } from '../../../renderer/components/sparkline.ts';
import { formatBytes, formatCount, formatNumber } from '../../../renderer/text/format.ts';

describe('numbers as they are printed', () => {
  it('keeps its decimals, turns to powers of ten at the ends', () => {
    expect(formatNumber(0.6693594, 6)).toBe('0.669359');
    expect(formatNumber(-0.25, 2)).toBe('−0.25');
    expect(formatNumber(1.2e-9, 4)).toBe('1.200e−9');
    expect(formatNumber(3.4e9, 4)).toBe('3.400e+9');
    expect(formatNumber(0, 4)).toBe('0.0000');
    expect([null, Number.NaN, Number.POSITIVE_INFINITY].map((value) => formatNumber(value, 2))).toEqual([
      '—',
      'NaN',
      '∞',
    ]);
  });
  it('prints bytes in three digits and counts in groups', () => {
    expect([80, 1500, 234_567, 1e7].map(formatBytes)).toEqual(['80 B', '1.5 kB', '235 kB', '10.0 MB']);
    expect(formatCount(1234567)).toBe('1,234,567');
  });
});

describe('colours of cells', () => {
  it('are the stops themselves at the stops, mixtures between them', () => {
    expect(sequentialColour(0).background).toBe('var(--seq-0)');
    expect(sequentialColour(1).background).toBe('var(--seq-8)');
    expect(sequentialColour(0.0625).background).toBe('color-mix(in oklab, var(--seq-1) 50%, var(--seq-0))');
    expect(sequentialColour(7).background).toBe('var(--seq-8)');
    expect(sequentialColour(Number.NaN).background).toBe('var(--seq-0)');
  });
  it('give zero the grey, negative orange, positive blue', () => {
    expect(divergingColour(0, 2).background).toBe('var(--div-0)');
    expect(divergingColour(-2, 2).background).toBe('var(--div-n4)');
    expect(divergingColour(5, 2).background).toBe('var(--div-p4)');
    expect(divergingColour(1, 0).background).toBe('var(--div-0)');
  });
  it('repeat for the eleventh run, whose line is dashed', () => {
    expect(runColour(11)).toBe(runColour(1));
    expect([runToken(10).dashed, runToken(11).dashed]).toEqual([false, true]);
  });
});

describe('rich text', () => {
  it('knows b and code, and nothing else', () => {
    expect(splitRichText('Open <code>a<b</code>, <b>now</b> <i>x</i>')).toEqual([
      { kind: 'text', text: 'Open ' },
      { kind: 'code', text: 'a<b' },
      { kind: 'text', text: ', ' },
      { kind: 'b', text: 'now' },
      { kind: 'text', text: ' <i>x</i>' },
    ]);
  });
});

describe('a spark line', () => {
  it('runs from the left edge to the right, the largest value at the top', () => {
    expect(sparklinePoints([2, 1], 12, 10)).toBe('1.0,2.0 11.0,8.0');
    expect(sparklinePoints([1, Number.NaN, 1], 12, 10)).toBe('1.0,8.0 11.0,8.0');
    expect(sparklinePoints([1], 12, 10)).toBe('');
  });
});

describe('the file chooser', () => {
  it('shows folders first, wanted files after, hidden ones never', () => {
    const entries = [
      { name: 'b.ohlol', kind: 'file' as const },
      { name: '.secret', kind: 'folder' as const },
      { name: 'run10.ohlol', kind: 'file' as const },
      { name: 'run9.OHLOL', kind: 'file' as const },
      { name: 'notes.txt', kind: 'file' as const },
      { name: 'z', kind: 'folder' as const },
    ];
    const shown = shownEntries({ path: '/', parent: null, entries }, ['.ohlol']).map(({ name }) => name);
    expect(shown).toEqual(['z', 'b.ohlol', 'run9.OHLOL', 'run10.ohlol']);
  });
  it('joins with the separator of the folder', () => {
    expect(joinPath('/home/a', 'b')).toBe('/home/a/b');
    expect(joinPath('C:\\a', 'b')).toBe('C:\\a\\b');
    expect(joinPath('/', 'b')).toBe('/b');
    expect([fileNameOf('C:\\a\\b.json'), folderOf('/a/b.json'), folderOf('/b')]).toEqual([
      'b.json',
      '/a',
      '/',
    ]);
  });
});

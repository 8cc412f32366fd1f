import { expect, it } from 'vitest';
import { readOptions, usage } from '../bench/options.ts';

const parts = ['LSTM H 128', 'generation'];

it('without any, all parts on one and two threads', () => {
  expect(readOptions([], parts)).toEqual({ torch: null, only: '', threads: [1, 2], rounds: 5 });
  expect(readOptions(['--help'], parts)).toBeNull();
  expect(readOptions(['-h', '--rounds', 'x'], parts)).toBeNull();
});

it.each([
  [['--fast'], "Unknown option '--fast'"],
  [['extra'], "Unexpected argument 'extra'"],
  [['--rounds'], "Option '--rounds <value>' argument missing"],
  [['--rounds', '0'], '--rounds holds "0"; it takes whole numbers from 1 to 1000'],
  [['--threads', '1,two'], '--threads holds "two"; it takes whole numbers from 1 to 8'],
  [['--only', 'XYZ'], '--only is "XYZ"; no part\'s name holds it: LSTM H 128; generation'],
  [['--torch', process.execPath], 'it must be a Python that can import torch'],
])('%j is refused with a sentence', (args, sentence) => {
  expect(() => readOptions(args, parts)).toThrow(sentence);
  expect(usage).toContain('--torch PYTHON');
});

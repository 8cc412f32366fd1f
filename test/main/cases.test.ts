/**
 * For each input that went wrong once, the test that brings it, under its own name, to where it went wrong.
 * This test fails where a case's test is removed or renamed, and where no test uses a file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const tests = resolve(import.meta.dirname, '..');

interface Case {
  /** What was done with the input. */
  how: string;
  /** The test file, relative to test/. */
  test: string;
  /** Parts of the test's text that name the case. */
  names: string[];
}

const cli = 'main/cli/cases.test.ts';
const outputs = 'main/cli/outputs.test.ts';
const window = 'main/lab/window-cases.test.ts';
const imports = 'engine/formats/importing/cases.test.ts';

const cases: Record<string, Case[]> = {
  'two.json': [
    {
      how: 'export and train over itself',
      test: outputs,
      names: ['train two.json --weights two.json', 'export two.json --to csv --out two.json'],
    },
    {
      how: 'the advice for a bare state dict',
      test: 'main/cli/initial-weights.test.ts',
      names: ['two.json', 'sd.json'],
    },
  ],
  'any project': [
    {
      how: 'as an output of the command line',
      test: outputs,
      names: ['train hello-rnn --weights p.ohlol', 'export p.ohlol --to experiment --out p.ohlol'],
    },
    {
      how: 'as the path of an export in the window',
      test: 'main/lab/write-over.test.ts',
      names: ['never over a project'],
    },
  ],
  'fifo, symlink, 0600, 0444, device': [
    {
      how: 'as an output of the command line',
      test: outputs,
      names: ['mkfifo', 'symlinkSync', '0o600', '0o444', '/dev/null'],
    },
    {
      how: 'as the path of an export in the window',
      test: window,
      names: [
        'a fifo is refused',
        'a symlink is written through',
        'a 0600 file',
        'a 0444 file',
        'a device node',
      ],
    },
  ],
  'hr.safetensors': [
    { how: 'dropped', test: window, names: ['hr.safetensors'] },
    { how: 'predict', test: cli, names: ['hr.safetensors'] },
  ],
  'hr.json': [{ how: 'the same numbers', test: window, names: ['hr.json'] }],
  'trail.safetensors': [{ how: 'inspect', test: cli, names: ['trail.safetensors'] }],
  'hole.safetensors': [{ how: 'inspect', test: cli, names: ['hole.safetensors'] }],
  'hr16.json': [{ how: 'Choose a file…', test: window, names: ['hr16.json'] }],
  '0,001': [
    { how: 'typed into a number field', test: 'renderer/components/number-text.test.ts', names: ['0,001'] },
  ],
  'multiline-cell.tsv': [
    {
      how: 'pasted, a cell looked at and left',
      test: 'e2e/edit-data.spec.ts',
      names: ['multiline-cell.tsv'],
    },
  ],
  'gbk.json': [
    { how: 'train', test: cli, names: ['gbk.json'] },
    { how: 'dropped', test: window, names: ['gbk.json', 'gbk.json makes no project'] },
  ],
  'data.xlsx': [
    { how: 'inspect', test: cli, names: ["'inspect', 'data.xlsx'"] },
    { how: 'dropped', test: window, names: ['data.xlsx'] },
  ],
  'lyrics.txt': [{ how: 'inspect', test: cli, names: ['lyrics.txt'] }],
  'multi.json': [{ how: 'train', test: cli, names: ['multi.json'] }],
  'esc.json': [{ how: 'train', test: 'main/cli/terminal.test.ts', names: ['esc.json'] }],
  'iw_bare.json': [{ how: 'train', test: cli, names: ['iw_bare.json'] }],
  'iw_mod.json': [{ how: 'train', test: cli, names: ['iw_mod.json'] }],
  'nl.json': [{ how: 'train', test: cli, names: ['nl.json'] }],
  'nfc.json': [{ how: 'train', test: cli, names: ['nfc.json'] }],
  'novel.txt': [{ how: 'imported', test: imports, names: ['novel.txt: '] }],
  'input-output.csv': [{ how: 'imported', test: imports, names: ['input-output.csv: '] }],
  'name-language.csv': [{ how: 'imported', test: imports, names: ['name-language.csv: '] }],
  'semicolon.csv': [{ how: 'imported', test: imports, names: ['semicolon.csv: '] }],
  'lone-quote.tsv': [{ how: 'imported', test: imports, names: ['lone-quote.tsv: '] }],
  'gbk.csv': [{ how: 'imported', test: imports, names: ['gbk.csv: '] }],
  'list.json': [{ how: 'imported', test: imports, names: ['list.json: '] }],
  'long-note.csv': [{ how: 'imported', test: imports, names: ['long-note.csv: '] }],
  'invisible.tsv': [{ how: 'imported', test: imports, names: ['invisible.tsv: '] }],
  'a name of 80 Chinese characters': [
    { how: 'two projects and an export', test: window, names: ['a name of 80 Chinese characters'] },
    { how: 'the cut itself', test: 'main/lab/file-names.test.ts', names: ["'床'.repeat(80)"] },
  ],
};

it.each(Object.entries(cases))('%s', (_, brought) => {
  for (const { test, names } of brought) {
    const text = readFileSync(join(tests, test), 'utf8');
    for (const name of names) expect(text, test).toContain(name);
  }
});

it('every file among the fixtures is a case', () => {
  const unused = readdirSync(join(tests, 'fixtures/cases')).filter((name) => !Object.hasOwn(cases, name));
  expect(unused).toEqual([]);
});

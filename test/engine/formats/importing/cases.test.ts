/**
 * Files that went wrong in other programs: each is read as its author meant it, and what cannot be read is
 * reported by row.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyDraft } from '../../../../engine/data/draft.ts';
import { imported, plan, planned, preview, rowsOf } from './read.ts';

const caseFile = (name: string) => readFileSync(join(import.meta.dirname, '../../../fixtures/cases', name));

test('novel.txt: a text, never cut at commas, nothing lost', () => {
  const made = planned('novel.txt', caseFile('novel.txt'));
  expect(made.choices.form).toBe('text');
  expect(rowsOf(made)).toEqual(['It was late, very late, and cold, they said.\nShe said: "no".\n']);
  const draft = imported(emptyDraft(), made);
  expect(draft.data).toMatchObject({ task: 'language-model', text: caseFile('novel.txt').toString() });
  const asLines = planned('novel.txt', caseFile('novel.txt'), { form: 'lines' });
  expect(rowsOf(asLines)).toEqual([
    'It was late, very late, and cold, they said.→:train',
    'She said: "no".→:train',
  ]);
  // Pasted text has no file name that would say so.
  expect(planned('', caseFile('novel.txt')).choices.form).toBe('text');
  expect(rowsOf(planned('', 'It was late, very late, and cold, they said.'))).toHaveLength(1);
});

test('input-output.csv: the targets are read', () => {
  const made = planned('input-output.csv', caseFile('input-output.csv'));
  expect(made.header).toEqual(['input', 'output']);
  expect(rowsOf(made)).toEqual(['hello→ohlol:train', 'abc→bca:train']);
});

test('name-language.csv: the header is seen, labels are trimmed, splits are kept', () => {
  const made = planned('name-language.csv', caseFile('name-language.csv'));
  expect(made.choices).toMatchObject({ header: true, task: 'label', columns: ['input', 'target', 'split'] });
  expect(rowsOf(made)).toEqual(['Rossi→Italian:validation', 'Smith→English:validation']);
  const merged = planned('name-language.csv', caseFile('name-language.csv'), {
    labels: { Italian: 'European', English: 'European' },
  });
  expect(preview('name-language.csv', caseFile('name-language.csv')).labels).toHaveLength(2);
  expect(rowsOf(merged).every((row) => row.includes('→European:'))).toBe(true);
});

test('semicolon.csv: two columns', () => {
  const made = planned('semicolon.csv', caseFile('semicolon.csv'));
  expect(made.choices.separator).toBe(';');
  expect(rowsOf(made)).toEqual(['hello→ohlol:train', 'abc→bca:train']);
});

test('lone-quote.tsv: three rows; the quote is a character', () => {
  const made = planned('lone-quote.tsv', caseFile('lone-quote.tsv'));
  expect(rowsOf(made)).toEqual(['"→x:train', 'foo→bar:train', 'baz→qux:train']);
});

test('multiline-cell.tsv: a line break in a field stays', () => {
  const made = planned('multiline-cell.tsv', caseFile('multiline-cell.tsv'));
  expect(rowsOf(made)).toEqual(['a\nb→x\ny:train', 'cd→dc:train']);
});

test('gbk.csv: the encoding is found, and another can be asked for', () => {
  const made = planned('gbk.csv', caseFile('gbk.csv'));
  expect(made.choices.encoding).toBe('gb18030');
  expect(rowsOf(made)).toEqual(['你好→好你:train']);
  expect(made.encodings.map(({ preview: text }) => text)).toContain('你好,好你\n');
  expect(planned('gbk.csv', caseFile('gbk.csv'), { encoding: 'big5' }).choices.encoding).toBe('big5');
});

test('list.json: rows', () => {
  const made = planned('list.json', caseFile('list.json'));
  expect(made.choices.form).toBe('json');
  expect(rowsOf(made)).toEqual(['hi→ho:train']);
});

test('long-note.csv: row 3, its note’s length and the limit; the other rows come in', () => {
  const found = preview('long-note.csv', caseFile('long-note.csv'));
  expect(found.problems).toEqual([
    expect.objectContaining({ code: 'import-row-too-long', count: 1, records: [3] }),
  ]);
  expect(found.problems[0]!.first.message).toBe(
    'row 3: note has 10,001 characters; at most 10,000 are taken, and the row stays out',
  );
  expect(found.counts.train).toBe(2);
  expect(found.refused).toBeNull();
});

test('invisible.tsv: every invisible character is a token of its own', () => {
  const [row] = preview('invisible.tsv', caseFile('invisible.tsv')).rows;
  expect(row!.input.join('')).toBe('a\u200bb\u00a0c\ufeffd\u3000\u00ad');
  expect(row!.target).toEqual(['x']);
});

test('data.xlsx and others that are no text are named', () => {
  const refused = plan('data.csv', caseFile('data.xlsx'));
  expect(refused.ok ? '' : refused.problems[0]!.message).toBe('the file is a spreadsheet; save it as CSV');
  const noise = Uint8Array.from({ length: 999 }, (_, i) => ((i * 7919) % 251) & 0x1f);
  expect(plan('x.csv', noise)).toMatchObject({ ok: false, problems: [{ code: 'import-no-text' }] });
  expect(plan('two.json', caseFile('two.json'))).toMatchObject({
    ok: false,
    problems: [
      { code: 'import-own-document', message: 'the file is an experiment, not rows; open it as such' },
    ],
  });
  expect(plan('', '')).toMatchObject({ ok: false, problems: [{ code: 'import-empty' }] });
});

/**
 * Imports: forms, columns, choices, packed files, warnings before the import, its one undo step, and
 * reading exports back.
 */
import fc from 'fast-check';
import { gzipSync } from 'fflate';
import { describe, expect, it, test } from 'vitest';
import { type Draft, type DraftRow, emptyDraft } from '../../../../engine/data/draft.ts';
import { applyEdit } from '../../../../engine/data/draft-edits.ts';
import { type ImportChoices, takenRows } from '../../../../engine/formats/importing/choices.ts';
import { countImported, importEdit } from '../../../../engine/formats/importing/import-edit.ts';
import { packRows, unpackRows } from '../../../../engine/formats/importing/packed-rows.ts';
import { type ImportMemory, planImport } from '../../../../engine/formats/importing/plan.ts';
import { previewImport } from '../../../../engine/formats/importing/preview.ts';
import { gunzip } from '../../../../engine/formats/importing/unpack.ts';
import { imported, plan, planned, preview, rowsOf } from './read.ts';
import { writeRows } from './write-rows.ts';

const row = (id: number, input: string, target = '', split: DraftRow['split'] = 'train'): DraftRow => ({
  id,
  input,
  target,
  split,
  note: '',
});

describe('tables', () => {
  it.each([',', ';', '\t', '|'])('separated by %j are found to be', (separator) => {
    const text = ['name', 'label', 'split', 'id'].join(separator);
    const made = planned('x.csv', `${text}\r\na b${separator}x${separator}dev${separator}7\r\n`);
    expect(made.choices).toMatchObject({ separator, columns: ['input', 'target', 'split', 'ignore'] });
    expect(rowsOf(made)).toEqual(['a b→x:validation']);
  });

  it('may mark their header with #; other such lines are comments', () => {
    expect(rowsOf(planned('x.csv', '# input,target\nab,cd\n'))).toEqual(['ab→cd:train']);
    expect(rowsOf(planned('x.tsv', '#输入\t输出\nab\tcd\n'))).toEqual(['ab→cd:train']);
    expect(rowsOf(planned('x.csv', '# input,target\n# of 2026\nab,cd\n'))).toEqual(['ab→cd:train']);
    expect(rowsOf(planned('x.csv', '# our words\nab,cd\n'))).toEqual(['ab→cd:train']);
    expect(rowsOf(planned('x.csv', '# target,input\nab,cd\n'))).toEqual(['cd→ab:train']);
  });

  it.each([
    ['train\ndev', ['input', 'target', 'split']],
    ['validation\nvalidation', ['input', 'target', 'split']],
    ['none\nnone', ['input', 'target', 'note']],
    ['test\ntest', ['input', 'target', 'note']],
    ['off\n', ['input', 'target', 'note']],
  ])('without headers, a column of %j is a split only where it can hardly be data', (words, columns) => {
    const [first, second] = words.split('\n');
    const made = planned('x.csv', `ab,cd,${first}\nba,dc,${second}\n`, { header: false });
    expect(made.choices).toMatchObject({ columns });
  });

  it('have Chinese headers too, comments, blank lines, and quotes within fields', () => {
    const made = planned('x.csv', '# 来源\n输入,输出,划分\n\n天,地,验证\n"a,""b""",x"y,训练\n');
    expect(rowsOf(made)).toEqual(['天→地:validation', 'a,"b"→x"y:train']);
    expect(made.content.kind === 'rows' && made.content.rows.map(({ record }) => record)).toEqual([4, 5]);
  });

  it('number their records as a spreadsheet does, whatever ends their lines, and take an open quote as it stands', () => {
    const made = planned('x.csv', '"ab"c,d\r\n"e",f\r"g\r\nh",i\n"j,k\n');
    expect(rowsOf(made)).toEqual(['"ab"c→d:train', 'e→f:train', 'g\r\nh→i:train', '"j→k:train']);
    expect(made.content.kind === 'rows' && made.content.rows.map(({ record }) => record)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('may be told otherwise: each finding is a choice', () => {
    const text = 'input,target\na,b\n';
    expect(rowsOf(planned('x.csv', text, { header: false }))).toEqual(['input→target:train', 'a→b:train']);
    expect(rowsOf(planned('x.csv', text, { columns: ['target', 'input'] }))).toEqual(['b→a:train']);
    expect(rowsOf(planned('x.csv', text, { separator: ';', header: true }))).toEqual(['a,b→:train']);
    expect(rowsOf(planned('x.csv', '"a",b\n', { quotes: false }))).toEqual(['"a"→b:train']);
    expect(rowsOf(planned('x.csv', '#a,b\nc,d\n', { comment: null }))).toEqual(['#a→b:train', 'c→d:train']);
    expect(rowsOf(planned('x.csv', text, { split: 'validation' }))).toEqual(['a→b:validation']);
  });

  it('say a split that is none, and take the row as train', () => {
    const found = preview('x.csv', 'input,target,split\na,b,later\nc,d,off\n');
    expect(found.counts).toEqual({ train: 1, validation: 0, off: 1 });
    expect(found.problems[0]!.first.message).toBe(
      'row 2: split is "later", which is neither train, validation nor off; it is taken as train',
    );
  });

  it('keep a field of many lines whole across the places where a long text is cut', () => {
    const cell = 'line\n"quoted"\n'.repeat(90_000);
    const rows = [row(1, cell, 'x'), row(2, 'a', 'b'), row(3, cell, 'y')];
    const made = planned('x.csv', writeRows(rows, 'csv'), { task: 'label' });
    expect(made.problems.map(({ record }) => record)).toEqual([2, 4]);
    expect(rowsOf(made)).toEqual(['a→b:train']);
  });

  it('do not hold up the reader, however their quotes are', () => {
    const hostile = `${'"a'.repeat(200_000)}\n${'"'.repeat(300_001)}\n${',"'.repeat(200_000)}\n`;
    expect(plan('x.csv', hostile).ok).toBe(true);
  });
});

describe('JSON', () => {
  it('is a list of objects by their headers, of pairs, or of texts', () => {
    expect(rowsOf(planned('x.json', '[{"输入":"a","标签":" x ","n":1},{"输入":"b","split":"val"}]'))).toEqual(
      ['a→x:train', 'b→:validation'],
    );
    expect(rowsOf(planned('x.json', '[["a","b"],["c",4]]'))).toEqual(['a→b:train', 'c→4:train']);
    expect(rowsOf(planned('', '["a","b"]'))).toEqual(['a→:train', 'b→:train']);
  });

  it('Lines are one value a line', () => {
    const text = '{"input":"a","target":"b"}\n\n{"input":"c","target":"d"}\r\n';
    for (const name of ['x.jsonl', ''])
      expect(rowsOf(planned(name, text))).toEqual(['a→b:train', 'c→d:train']);
    expect(preview('x.jsonl', `${text}{bad\n`).problems).toMatchObject([{ count: 1 }]);
  });

  it('that is no list has a sentence, and items of another kind have theirs', () => {
    const refused = plan('x.json', '{"a":1}');
    expect(refused.ok ? '' : refused.problems[0]!.message).toBe(
      'the file is an object; it must be a list of objects, of [input, target] pairs or of strings',
    );
    const found = preview('x.json', '[{"input":"a","target":{}},7,{"input":"b","target":"c"}]');
    expect(found.problems[0]).toMatchObject({ code: 'wrong-type', count: 2 });
  });
});

describe('text files', () => {
  it('are lines where they are short and unpunctuated, else a text; either can be chosen', () => {
    expect(rowsOf(planned('names.txt', 'Smith\nJones\n'))).toEqual(['Smith→:train', 'Jones→:train']);
    expect(planned('x.txt', 'One sentence.\nAnother one.\n').content.kind).toBe('text');
    expect(planned('names.txt', 'Smith\nJones\n', { form: 'text' }).content).toEqual({
      kind: 'text',
      text: 'Smith\nJones\n',
    });
  });

  it('may be what is held back', () => {
    const draft = imported(emptyDraft(), planned('a.txt', 'abc abc.'));
    const both = imported(draft, planned('b.txt', 'cab.', { split: 'validation' }));
    expect(both.data).toMatchObject({ text: 'abc abc.', textValidation: { text: 'cab.' } });
  });
});

describe('packed files', () => {
  it('are unpacked first, and named by what is in them', () => {
    const made = planned('names.csv.gz', gzipSync(new TextEncoder().encode('name,label\nAnna,it\n')));
    expect(made).toMatchObject({ packed: true, choices: { task: 'label' } });
    expect(rowsOf(made)).toEqual(['Anna→it:train']);
  });

  it('that unpack to more than the limit, or are cut off, have a sentence', () => {
    const packed = gzipSync(new Uint8Array(3_000_000));
    const run = (bytes: Uint8Array, limit: number) => {
      const work = gunzip(bytes, limit);
      for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
    };
    expect(run(packed, 1_000_000)).toMatchObject({ ok: false, problems: [{ code: 'unpacks-too-large' }] });
    expect(run(packed.subarray(0, -20), 4_000_000)).toMatchObject({
      ok: false,
      problems: [{ code: 'bad-gzip' }],
    });
    expect(run(packed, 4_000_000)).toMatchObject({ ok: true });
  });
});

describe('what an import would do', () => {
  const draft: Draft = { ...emptyDraft(), rows: [row(4, 'ab', 'ba'), row(9, 'q', 'q')] };
  const text = 'input,target\nab,ba\nab,xx\ncd,d\nab,ba\n';

  it('is counted: problems, doubles, contradictions, each with its rows', () => {
    const found = previewImport(draft, planned('x.csv', text, { mode: 'append' }));
    expect(found.present).toEqual({ count: 2, records: [2, 5] });
    expect(found.doubles).toEqual({ count: 0, records: [] });
    expect(found.contradictions).toEqual({ count: 1, records: [3] });
    expect(found.problems).toMatchObject([{ code: 'unequal-length', count: 1, records: [4] }]);
    expect(found.vocabulary).toMatchObject({ before: 3, after: 6, added: ['c', 'd', 'x'], removed: [] });
    expect(found.rows[0]).toEqual({
      record: 2,
      fields: ['ab', 'ba'],
      input: ['a', 'b'],
      target: ['b', 'a'],
      split: 'train',
      note: '',
      cut: ['', '', '', ''],
      repeats: 0,
      isTaken: true,
    });
    const replaced = previewImport(draft, planned('x.csv', text));
    expect(replaced.doubles).toEqual({ count: 1, records: [5] });
    expect(replaced.vocabulary.removed).toEqual(['q']);
  });

  it('leaves out doubles, and what is in the draft, each on wish, and counts them either way', () => {
    const wishes = { mode: 'append', withoutDoubles: true } as const;
    const given = 'input,target\nab,ba\ncd,dc\nab,xx\ncd,dc\ncd,dc\n';
    const made = planned('x.csv', given, wishes);
    const found = previewImport(draft, made);
    expect([found.doubles, found.present]).toEqual([
      { count: 2, records: [5, 6] },
      { count: 1, records: [2] },
    ]);
    expect(found.counts.train).toBe(3);
    expect(found.rows.map(({ repeats, isTaken }) => [repeats, isTaken])).toEqual([
      [0, true],
      [null, true],
      [null, true],
      [3, false],
      [3, false],
    ]);
    expect(
      imported(draft, made)
        .rows.slice(2)
        .map(({ input, target }) => input + target),
    ).toEqual(['abba', 'cddc', 'abxx']);
    const without = planned('x.csv', given, { ...wishes, withoutPresent: true });
    expect(imported(draft, without).rows).toHaveLength(4);
    // Rows that the import replaces do not count as present.
    expect(imported(draft, planned('x.csv', given, { withoutPresent: true })).rows).toHaveLength(5);
    const edit = importEdit(draft, without);
    expect(edit.ok && countImported(edit.value)).toBe(2);
  });

  it('says which labels are there, and which differ from another in case, width or white space alone', () => {
    const known = { ...draft, data: { ...draft.data, task: 'label' as const }, rows: [row(1, 'x', 'Greek')] };
    const file = 'name,label\na,greek\nb,Czech\nc,Ｃzech\nd,Dutch\n';
    const found = preview('x.csv', file, {}, known);
    expect(found.draftLabels).toEqual(['Greek']);
    expect(found.alike).toEqual({ greek: 'Greek', Ｃzech: 'Czech' });
    expect(preview('x.csv', file, {}, draft).draftLabels).toEqual([]);
  });

  it('cuts white space off labels and their inputs, elsewhere on wish, and counts it either way', () => {
    const file = ' a ,b\nc,\u3000d\ne,f\n';
    const kept = planned('x.csv', file);
    expect([kept.spaces, rowsOf(kept)[0]]).toEqual([2, ' a →b:train']);
    const cut = preview('x.csv', file, { trim: true });
    expect(cut.spaces).toBe(2);
    expect(cut.rows.map((one) => [one.input.join(''), one.cut])).toEqual([
      ['a', [' ', ' ', '', '']],
      ['c', ['', '', '\u3000', '']],
      ['e', ['', '', '', '']],
    ]);
    const label = (choices = {}) => rowsOf(planned('x.csv', 'name,label\n a , b \n', choices));
    expect(label()).toEqual(['a→b:train']);
    expect(label({ trim: false })).toEqual([' a → b :train']);
  });

  it('shows fields that are ignored, the longest row, and rows far below that something is wrong with', () => {
    const many = Array.from({ length: 300 }, (_, i) => `a${i},b${i},id${i}`);
    many[200] = 'x,yy,bad';
    many[250] = `${'l'.repeat(30)},${'m'.repeat(30)},long`;
    many[260] = `x,y,id,${'n'.repeat(10)}`;
    const found = preview('x.csv', `input,target,id\n${many.join('\n')}\n`);
    expect(found.longest).toBe(252);
    expect(found.rows.map(({ record }) => record)).toEqual([
      ...Array.from({ length: 50 }, (_, i) => i + 2),
      202,
      252,
    ]);
    expect(found.rows.at(-2)!.fields).toEqual(['x', 'yy', 'bad']);
    // A record that is left out is shown as it is in the file.
    const out = preview('x.csv', `input,target\nab,ba\n${'z'.repeat(1_000_001)},z\n`).rows;
    expect(out).toMatchObject([{ isTaken: true }, { record: 3, isTaken: false, input: [] }]);
    expect(out[1]!.fields[0]).toHaveLength(200);
  });

  it('is empty where only a header is there', () => {
    const found = preview('x.csv', 'input,target\n');
    expect(found).toMatchObject({ rows: [], total: 0, longest: null, header: ['input', 'target'] });
    expect(plan('x.csv', 'input,target\n', { header: false }).ok).toBe(true);
    expect(plan('x.csv', '\n\n')).toMatchObject({ ok: false, problems: [{ code: 'import-empty' }] });
  });

  it('is one edit, taken back whole', () => {
    for (const mode of ['replace', 'append'] as const) {
      const edit = importEdit(draft, planned('x.csv', text, { mode, task: 'label' }));
      if (!edit.ok) throw new Error('refused');
      const done = applyEdit(draft, edit.value);
      expect(done.draft.rows).toHaveLength(mode === 'replace' ? 4 : 6);
      expect(done.draft.data.task).toBe('label');
      expect(new Set(done.draft.rows.map(({ id }) => id)).size).toBe(done.draft.rows.length);
      expect(applyEdit(done.draft, done.inverse).draft).toEqual(draft);
    }
  });

  it('is refused where rows cannot come after a text', () => {
    const withText = { ...draft, data: { ...draft.data, task: 'language-model' as const, text: 'abc' } };
    const found = previewImport(withText, planned('x.csv', text, { mode: 'append' }));
    expect(found.refused).toMatchObject([{ code: 'import-append-to-text' }]);
    expect(imported(withText, planned('x.csv', text)).data.text).toBe('');
  });

  it('is known by its bytes', () => {
    expect(planned('x.csv', text).revision).toBe(planned('y.csv', text).revision);
    expect(planned('x.csv', `${text} `).revision).not.toBe(planned('x.csv', text).revision);
    // Every byte of the file counts, wherever it is.
    const revisions = Array.from('abcdefghi', (_, i) => {
      const bytes = new TextEncoder().encode('abcdefghi');
      bytes[i] = 120;
      return planned('x.txt', bytes).revision;
    });
    expect(new Set([...revisions, planned('x.txt', 'abcdefghi').revision]).size).toBe(10);
  });
});

describe('more rows than the grid is made for', () => {
  const file = `input,target\n${Array.from({ length: takenRows + 500 }, (_, i) => `a,b${i}\n`).join('')}`;
  const targets = (choices = {}) => {
    const { content } = planned('x.csv', file, choices);
    return content.kind === 'rows' ? content.rows.map(({ target }) => target) : [];
  };

  it('are the first, as many by chance in their order, or all', () => {
    expect(planned('x.csv', file).total).toBe(takenRows + 500);
    expect(targets()).toHaveLength(takenRows);
    expect(targets().at(-1)).toBe(`b${takenRows - 1}`);
    expect(targets({ take: 'all' })).toHaveLength(takenRows + 500);
    const chance = targets({ take: 'random', seed: 3 });
    expect(new Set(chance).size).toBe(takenRows);
    const places = chance.map((target) => Number(target.slice(1)));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.at(-1)).toBeGreaterThanOrEqual(takenRows);
    expect(targets({ take: 'random', seed: 3 })).toEqual(chance);
    expect(targets({ take: 'random', seed: 4 })).not.toEqual(chance);
  });

  it('are read no further than the first where those are taken, and counted all the same', () => {
    const [more, ahead] = [30_000, takenRows - 10];
    const lines = Array.from({ length: ahead + more }, (_, i) => `long enough to fill pieces,b${i}`);
    // Blank lines, line ends and separators in quotes, blank quoted fields: also in the part that is only
    // counted.
    lines.push('', ' , ', '"",""', '" \n ", ', '"a\n\nb","c,""d"', '\u3000,\u00a0', '"\u3000"', '  x', 'y');
    const quoted = `input,target\n${lines.join('\n')}`;
    for (const file of [quoted, `${quoted}\n`, quoted.replaceAll('"', ''), quoted.replaceAll('\n', '\r\n')]) {
      const bytes = new TextEncoder().encode(file);
      const memory: ImportMemory = {};
      const whole = planned('x.csv', file, { take: 'all' });
      const work = planImport({ name: 'x.csv', bytes }, {}, memory);
      let step = work.next();
      while (!step.done) step = work.next();
      if (!step.value.ok) throw new Error('refused');
      expect(step.value.value.total).toBe(whole.total);
      expect(step.value.value.records.length).toBeLessThan(whole.records.length);
      // The rows that were only counted are read when all are asked for.
      const again = planImport({ name: 'x.csv', bytes }, { take: 'all' }, memory);
      let next = again.next();
      while (!next.done) next = again.next();
      expect(next.value.ok && next.value.value.content).toEqual(whole.content);
    }
  });
});

describe('what was read of a file', () => {
  const read = (file: string, choices: ImportChoices, memory: ImportMemory) => {
    const work = planImport({ name: 'x.csv', bytes: new TextEncoder().encode(file) }, choices, memory);
    for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
  };

  it('serves other choices, and never another file, encoding or shape', () => {
    const memory: ImportMemory = {};
    const files = ['a;b,c\n"d",é\n', 'a;b,c\n"d",è\n'];
    const choices: ImportChoices[] = [
      {},
      { columns: ['target', 'input'] },
      { separator: ';' },
      { quotes: false },
      { encoding: 'windows-1252' },
      { encoding: 'windows-1252', form: 'lines' },
      { form: 'text' },
      { header: true },
    ];
    for (const file of [...files, ...files]) {
      for (const choice of [...choices, ...choices.toReversed()]) {
        expect(read(file, choice, memory)).toEqual(plan('x.csv', file, choice));
      }
    }
  });
});

test.each([
  [[]],
  [
    [
      { input: 'ab\u0000', target: '', split: 'off', note: '👩‍🚀' },
      { input: '', target: 'x', split: 'train', note: '' },
    ],
  ],
] as const)('rows go between threads whole: %j', (given) => {
  expect(unpackRows(packRows(given.map((one, record) => ({ ...one, record }))))).toEqual(given);
});

test('a file of 10 MB is read in pieces, which say how far they are', () => {
  const bytes = new TextEncoder().encode(`input,target\n${'hello world,"o,hl"\n'.repeat(550_000)}`);
  const seen: number[] = [];
  const work = planImport({ name: 'x.csv', bytes }, { take: 'all' });
  let step = work.next();
  for (; !step.done; step = work.next()) seen.push(step.value);
  expect(step.value).toMatchObject({ ok: true });
  expect(seen.length).toBeGreaterThan(8);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(1);
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '"',
    '""',
    '\n',
    '\r',
    '\r\n',
    ',',
    ';',
    '\t',
    '|',
    '=1+1',
    '#x',
    ' a ',
    '\ufeffx',
    'input',
    '👩‍🚀',
    '"\n',
    "'",
  ),
);
const text = fc.array(hostile, { maxLength: 4 }).map((parts) => parts.join('').replaceAll('\u0001', ''));
const rows = fc.array(
  fc.record({ input: text, target: text, split: fc.constantFrom('train', 'validation', 'off'), note: text }),
  { minLength: 1, maxLength: 8 },
);

test.each(['csv', 'tsv', 'json', 'jsonl'] as const)('import(export(rows)) are the rows, as %s', (format) => {
  fc.assert(
    fc.property(rows, (given) => {
      const written = writeRows(given as DraftRow[], format);
      const made = planned(`x.${format}`, written, { encoding: 'utf-8', task: null });
      expect(made.content).toMatchObject({ kind: 'rows', rows: given });
      expect(made.problems).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

describe('a column that counts the rows', () => {
  const people = (first: string) => `${first};姓氏;语言;集合;备注\n7;白;中文;train;\n3;刘;中文;train;\n`;

  it('is ignored by its name, and the register is read by the others', () => {
    for (const first of ['编号', 'id']) {
      const made = planned('a.csv', people(first));
      expect(made.choices.columns, first).toEqual(['ignore', 'input', 'target', 'split', 'note']);
    }
  });

  it('is ignored where it counts up among three columns, and taken where it is one of two', () => {
    expect(planned('a.csv', 'nth,name,language\n1,ann,en\n2,bob,en\n3,cy,en\n').choices.columns).toEqual([
      'ignore',
      'input',
      'target',
    ]);
    expect(planned('a.csv', 'input,output\n1,2\n2,3\n3,4\n').choices.columns).toEqual(['input', 'target']);
    expect(planned('a.csv', '1,2\n2,3\n3,4\n').choices.columns).toEqual(['input', 'target']);
    // A single column name does not make a header.
    expect(planned('a.csv', 'id,no\n1,2\n').choices.header).toBe(false);
  });
});

it('simplified and traditional columns are known by their names', () => {
  const made = planned('a.csv', '简体,繁体\n汉语,漢語\n');
  expect(made.choices).toMatchObject({ header: true, columns: ['input', 'target'] });
});

it('a text that a spreadsheet saved, with as many tabs in each line, is a table; one that is indented is not', () => {
  const made = planned('words.txt', '汉语\t漢語\n学习\t學習\n');
  expect(made.choices).toMatchObject({ form: 'table', separator: '\t', columns: ['input', 'target'] });
  expect(planned('words.txt', '汉语\t漢語\n学习\n').choices.form).toBe('lines');
  expect(planned('story.txt', '\tIt was late.\n\tShe slept.\n').choices.form).toBe('text');
});

it('targets that recur and are not as long as their inputs are labels, where no header says otherwise', () => {
  const rows = Array.from({ length: 12 }, (_, i) => `name${10 ** i},${i % 2 === 0 ? 'German' : 'Italian'}\n`);
  expect(planned('a.csv', rows.join('')).choices.task).toBe('label');
  expect(planned('a.csv', `input,output\n${rows.join('')}`).choices.task).toBeNull();
  const mapping = Array.from({ length: 12 }, (_, i) => `abc${i % 10},${i % 2 === 0 ? 'xxyy' : 'yyxx'}\n`);
  expect(planned('a.csv', mapping.join('')).choices.task).toBeNull();
});

it('comments begin as they are said to, in a file without quotes too', () => {
  const file = '#a,b\n%c,d\ne,f\n';
  expect(rowsOf(planned('x.csv', file, { comment: '%' }))).toEqual(['#a→b:train', 'e→f:train']);
});

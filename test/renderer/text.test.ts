/** The window's texts: none is written in a component, all exist in both languages, none is unused. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type AST, parse } from 'svelte/compiler';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { checkRange } from '../../engine/data/ranges.ts';
import { problem } from '../../engine/errors.ts';
import { type Language, languages } from '../../engine/formats/languages.ts';
import { fileKindNames } from '../../engine/formats/sniff.ts';
import { deathProblem, type EngineDeath } from '../../main/engine-process/engine-death.ts';
import { interruption, noCrash } from '../../main/lab/runs/crash-record.ts';
import { isFilled, needsInChinese, problemValues } from '../../renderer/text/problem-values.ts';
import { terms } from '../../renderer/text/terms.ts';
import { problemText, setLocale, t } from '../../renderer/text/text.svelte.ts';

const root = join(import.meta.dirname, '..', '..');

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}
const read = (file: string) => readFileSync(join(root, file), 'utf8');

function messages(language: Language): Map<string, string> {
  const all = new Map<string, string>();
  for (const file of filesUnder(`renderer/text/messages/${language}`, '.json')) {
    for (const [key, text] of Object.entries(JSON.parse(read(file)) as Record<string, string>)) {
      if (all.has(key)) throw new Error(`${file}: ${key} stands in two files`);
      all.set(key, text);
    }
  }
  return all;
}
const en = messages('en');
const zh = messages('zh');
const baseOf = (key: string) => key.replace(/_(one|other)$/, '');
const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)(?:, number)?\}\}/g)].map((match) => match[1]!).sort();

describe('both languages', () => {
  it('have the same keys, but for plurals that Chinese does not have', () => {
    const bases = (all: Map<string, string>) => [...new Set([...all.keys()].map(baseOf))].sort();
    expect(bases(zh)).toEqual(bases(en));
    expect([...zh.keys()].filter((key) => key.endsWith('_one'))).toEqual([]);
    for (const key of en.keys()) {
      if (key.endsWith('_one')) expect(en.has(`${baseOf(key)}_other`), `${key} without _other`).toBe(true);
    }
  });

  it('name the same values in each message', () => {
    for (const [key, text] of zh) {
      const english = en.get(key) ?? en.get(baseOf(key))!;
      // Chinese may leave out a value that only chooses between English forms.
      const wanted = new Set(placeholders(english));
      const given = new Set(placeholders(text));
      expect([...given].sort(), key).toEqual([...wanted].sort());
    }
  });

  it('have the same marks around the same code', () => {
    const marks = (text: string) => [...text.matchAll(/<code>(.*?)<\/code>/g)].map((match) => match[1]);
    for (const [key, text] of zh) {
      const english = en.get(key) ?? en.get(baseOf(key))!;
      expect(marks(text), key).toEqual(marks(english));
      expect(text.trim(), key).not.toBe('');
    }
  });

  it('name every kind of file that the engine tells apart, and no other', () => {
    const keys = Object.keys(fileKindNames).map((kind) => `file_kind_${kind.replaceAll('-', '_')}`);
    for (const messages of [en, zh]) {
      const named = [...messages.keys()].filter((key) => key.startsWith('file_kind_'));
      expect(named.sort()).toEqual(keys.sort());
    }
  });

  it('use keys in snake case', () => {
    expect([...en.keys()].filter((key) => !/^[a-z0-9]+(_[a-z0-9]+)+$/.test(key))).toEqual([]);
  });

  it('are in Chinese where they have words, but for names', () => {
    const bare = (text: string) => text.replace(/\{\{.*?\}\}|<code>.*?<\/code>|[a-z]+_[a-z]+/g, '');
    const latin = [...zh].filter(([, text]) => /\p{L}{2}/u.test(bare(text)) && !/\p{Script=Han}/u.test(text));
    expect(latin.map(([, text]) => text.trim()).filter((text) => !NAMES.includes(text))).toEqual([]);
  });
});

/** Chinese messages that consist of names only, which are the same in every language. */
const NAMES = ['float32 · {{kernels}}', 'betas', 'logits'];

describe('keys', () => {
  const sources = [
    ...filesUnder('renderer', '.svelte'),
    ...filesUnder('renderer', '.ts'),
    ...filesUnder('main', '.ts'),
  ].map(read);
  const text = sources.join('\n');
  /** `shell_status_${status}` uses all keys that begin with `shell_status_`. */
  const prefixes = [...text.matchAll(/[`']([a-z]+_[a-z0-9_]*_)(?:\$\{|')/g)].map((match) => match[1]!);

  it('are all in use', () => {
    const unused = [...new Set([...en.keys()].map(baseOf))].filter(
      (key) =>
        !key.startsWith('problem_') &&
        !(key.startsWith('term_') && key.slice('term_'.length) in terms) &&
        !new RegExp(`['"\`]${key}['"\`]`).test(text) &&
        !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });

  it('are all there: every label of an undo step too', () => {
    const known = new Set([...en.keys()].map(baseOf));
    const labels = [...text.matchAll(/key: '(edit_[a-z_]+)'/g)].map((match) => match[1]!);
    expect(labels.length).toBeGreaterThan(10);
    expect([...new Set(labels)].filter((key) => !known.has(key))).toEqual([]);
  });
});

describe('components', () => {
  /** PyTorch's own names, symbols and our name, which are the same in every language. */
  const SAME_EVERYWHERE = new Set(
    (
      'Ohlol PyTorch torch nn randn one-hot embedding embedding_dim input output target hidden hidden_size num_layers ' +
      'bidirectional dropout bias call head nonlinearity tanh relu none linear cell module h0 c0 h_n c_n init batch_first ' +
      'RNN GRU LSTM RNNCell Linear Embedding B T I H V L D t x h lr betas weight_decay momentum nesterov alpha eps ' +
      'gamma min_delta sequence_length input_size seq_len batch_size rnn shapes model py ln seed epoch loss accuracy grad_norm CSV JSON float32 PNG SVG e U Cell cat c ' +
      'Σ_t h_ log p p_t onehot h_t g Δ θ G A u b Δlogit top-k'
    ).split(' '),
  );
  const READ_OUT = new Set([
    'title',
    'aria-label',
    'placeholder',
    'alt',
    'label',
    'phrase',
    'text',
    'name',
    'unit',
  ]);
  const wordsOf = (text: string) => text.match(/\p{L}[\p{L}\p{N}_-]*/gu) ?? [];
  const isSaid = (text: string) => wordsOf(text).some((word) => !SAME_EVERYWHERE.has(word));

  it('hold no words of their own', () => {
    const found = filesUnder('renderer', '.svelte').flatMap((file) =>
      literals(parse(read(file), { modern: true }).fragment)
        .filter(isSaid)
        .map((text) => `${file}: ${JSON.stringify(text.trim())}`),
    );
    expect(found).toEqual([]);
  });

  it('would be found out', () => {
    const source = `<p>Hello</p><button title="Press me" class="wide">{open ? 'Close it' : t('x_y')}</button>`;
    expect(literals(parse(source, { modern: true }).fragment).filter(isSaid)).toEqual([
      'Hello',
      'Press me',
      'Close it',
    ]);
  });

  /**
   * The texts between tags, in attributes that are read out, and the strings that an expression in either
   * can give.
   */
  function literals(fragment: AST.Fragment): string[] {
    const said: string[] = [];
    const strings = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      if (Array.isArray(node)) {
        node.forEach(strings);
        return;
      }
      const { type, value, ...rest } = node as { type?: string; value?: unknown };
      // Arguments of a function are keys or values, and compared strings are not shown.
      if (type === 'CallExpression' || type === 'BinaryExpression' || type === 'MemberExpression') return;
      if (type === 'ConditionalExpression') {
        const { consequent, alternate } = rest as { consequent: unknown; alternate: unknown };
        strings(consequent);
        strings(alternate);
        return;
      }
      if (type === 'Literal' && typeof value === 'string') said.push(value);
      else if (type === 'TemplateElement') said.push(String((value as { cooked: string }).cooked));
      else if (type === 'TemplateLiteral') strings((rest as { quasis: unknown }).quasis);
      else if (type === 'LogicalExpression') strings((rest as { right: unknown }).right);
    };
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      if (Array.isArray(node)) {
        node.forEach(visit);
        return;
      }
      const typed = node as {
        type?: string;
        data?: string;
        name?: string;
        value?: unknown;
        expression?: unknown;
      };
      if (typed.type === 'Text') said.push(typed.data ?? '');
      else if (typed.type === 'ExpressionTag') strings(typed.expression);
      else if (typed.type === 'Attribute') {
        if (READ_OUT.has(typed.name ?? '')) visit(typed.value);
      } else if (typed.type === 'StyleDirective' || typed.type === 'Comment') return;
      else if (typed.type === 'Component' && typed.name === 'Icon') return;
      else if (typed.type?.endsWith('Expression')) return;
      else for (const child of Object.values(node)) visit(child);
    };
    visit(fragment.nodes);
    return said;
  }
});

describe('problems', () => {
  /** Every code that engine and main can send to the window. */
  const codes = new Set<string>();
  for (const file of [...filesUnder('engine', '.ts'), ...filesUnder('main', '.ts')]) {
    if (file.startsWith('main/cli/')) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && /^(problem|projectProblem)$/.test(node.expression.getText())) {
        const code = node.arguments[0];
        if (code && ts.isStringLiteralLike(code)) codes.add(code.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true));
  }

  it('each have a sentence', () => {
    expect(codes.size).toBeGreaterThan(50);
    const missing = [...codes].filter((code) => !en.has(`problem_${code.replaceAll('-', '_')}`));
    expect(missing).toEqual([]);
  });

  it('are said in the chosen language, with PyTorch’s names', () => {
    const [found] = checkRange(0, 'training.optimizer.lr', { above: 0 });
    setLocale('zh');
    expect(problemText(found!)).toBe('lr 为 0，须为大于 0 的有限数。');
    setLocale('en');
    expect(problemText(found!)).toBe('lr is 0; it must be a finite number above 0.');
  });

  it('fall back to their own sentence where a value is missing or the code is new', () => {
    const bare = problem('number-range', 'training.epochs', 'training.epochs is odd');
    expect(problemText(bare)).toBe('training.epochs is odd');
    expect(problemText(problem('of-tomorrow', '', 'what nobody knows'))).toBe('what nobody knows');
  });

  it('translate every range that the engine describes', () => {
    const ranges = [
      { whole: true, atLeast: 1, atMost: 10 },
      { above: 0 },
      { atLeast: 0, below: 1 },
      { whole: true, atLeast: 1 },
      { atMost: 3 },
    ];
    const said = ranges.map((range) =>
      needsInChinese(String(checkRange(Number.NaN, 'x', range)[0]!.details.needs)),
    );
    expect(said).toEqual([
      ' 1 到 10 的整数',
      '大于 0 的有限数',
      '不小于 0 且小于 1 的有限数',
      '不小于 1 的整数',
      '不大于 3 的有限数',
    ]);
  });

  it('name a setting as PyTorch writes it', () => {
    const found = problem('model-size', 'model.hiddenSize', '', {
      name: 'hiddenSize',
      value: 0,
      limit: 4096,
    });
    expect(problemValues(found, 'en').name).toBe('hidden_size');
    expect(isFilled('{{name}} {{other}}', { name: 'a' })).toBe(false);
  });
});

describe('t', () => {
  it('fills values, chooses plurals and follows the language', () => {
    setLocale('en');
    expect(t('data_samples', { count: 1 })).toBe('1 sample');
    expect(t('data_samples', { count: 8 })).toBe('8 samples');
    expect(t('data_samples', { count: 100_000 })).toBe('100,000 samples');
    setLocale('zh');
    expect(t('data_samples', { count: 1 })).toBe('1 个样本');
    setLocale('en');
  });

  it('leaves angle brackets and ampersands of values alone', () => {
    expect(t('edit_token_added', { token: '<&>' })).toBe('Add token <&>');
  });
});

describe('the ways an engine can go', () => {
  const deaths: EngineDeath[] = [
    { kind: 'killed', signal: 'SIGKILL' },
    { kind: 'out-of-memory' },
    { kind: 'hung', silentSeconds: 10 },
    { kind: 'crashed', exitCode: 1, lastWords: 'TypeError: x' },
    { kind: 'exited' },
    { kind: 'not-started' },
  ];

  it.each(languages)(
    'have a sentence each in %s, alone and as the cause of a run that was given up',
    (locale) => {
      setLocale(locale);
      const said = deaths.map((death) => problemText(deathProblem(death)));
      expect(new Set(said).size).toBe(deaths.length);
      for (const [index, death] of deaths.entries()) {
        const cause = deathProblem(death);
        expect(said[index]).not.toBe(cause.message);
        expect(said[index]).not.toContain('{{');
        const hopeless = { ...noCrash, isHopeless: true };
        const progress = { epoch: 7, batch: 0, batchesPerEpoch: 1, trainedMs: 0, tokensPerSecond: null };
        const state = interruption(hopeless, progress, cause);
        if (state.status !== 'interrupted') throw new Error(state.status);
        expect(problemText(state.problem)).toContain(said[index]);
      }
      setLocale('en');
    },
  );
});

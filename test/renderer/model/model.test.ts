import { describe, expect, it } from 'vitest';
import { type Draft, emptyDraft } from '../../../engine/data/draft.ts';
import { checkModel, type DataSizes, defaultModel, type ModelSpec } from '../../../engine/model/spec.ts';
import {
  type BuilderSituation,
  builderLocks,
  headPatch,
  initialState,
  withInitialState,
} from '../../../renderer/screens/model/builder.ts';
import { exampleOf, naturalSizes } from '../../../renderer/screens/model/example.ts';
import {
  highlightPython,
  pytorchModule,
  pytorchShapesProgram,
} from '../../../renderer/screens/model/pytorch-code.ts';
import {
  denseCount,
  layoutMistake,
  type Rehearsal,
  rehearse,
} from '../../../renderer/screens/model/rehearsal.ts';
import { unroll, weightColour } from '../../../renderer/screens/model/unrolled.ts';

const sizes: DataSizes = { inputSize: 4, outputSize: 4 };
const model = (patch: Partial<ModelSpec> = {}): ModelSpec => ({ ...defaultModel(), ...patch });
const natural: Rehearsal = { T: 5, B: 1, batchFirst: false, layout: 'T, B' };

describe('the builder', () => {
  const locks = (patch: Partial<ModelSpec>, more: Partial<BuilderSituation> = {}) =>
    builderLocks({ model: model(patch), sizes, task: 'mapping', call: null, ...more });

  it('locks what head none forbids, with the way out', () => {
    const found = locks({});
    expect(Object.keys(found).sort()).toEqual(['bidirectional', 'dropout', 'hiddenSize']);
    expect(found.bidirectional!.values).toEqual({ width: 8 });
    expect(found.hiddenSize!.wayOut!.patch).toEqual({ head: 'linear' });
    expect(Object.keys(locks({ head: 'linear', numLayers: 2 }))).toEqual([]);
  });
  it('does not lock a hidden_size that is wrong', () =>
    expect(locks({ hiddenSize: 5 }).hiddenSize).toBeUndefined());
  it('every way out opens its lock', () => {
    for (const [control, lock] of Object.entries(locks({}))) {
      if (!lock.wayOut) continue;
      const after = builderLocks({ model: model(lock.wayOut.patch), sizes, task: 'mapping', call: null });
      expect(after[control as keyof typeof after], control).toBeUndefined();
    }
  });
  it('locks nonlinearity of cells that have gates', () => {
    expect(locks({ cell: 'gru' }).nonlinearity!.values).toEqual({ cell: 'GRU' });
  });
  it('locks what nn.RNNCell does not have', () => {
    const cell = locks({}, { task: 'shapes', call: 'cell' });
    expect(Object.keys(cell).sort()).toEqual(['bidirectional', 'dropout', 'embedding', 'head', 'numLayers']);
    expect(cell.dropout!.wayOut).toBeNull();
  });
  it('gives head none a hidden_size that can be the logits', () => {
    const wide = model({ head: 'linear', hiddenSize: 16, bidirectional: true });
    const after = { ...wide, ...headPatch(wide, sizes, 'none') };
    expect(checkModel(after, sizes)).toEqual([]);
  });
  it('keeps a given h0 in shape', () => {
    const given = model({ head: 'linear', initialState: { values: [[1, 2, 3, 4]] } });
    const patch = withInitialState(given, { hiddenSize: 2, numLayers: 2 });
    expect(patch.initialState).toEqual({
      values: [
        [1, 2],
        [0, 0],
      ],
    });
    expect(withInitialState(given, { bias: false })).toEqual({ bias: false });
    expect(initialState(model({ bidirectional: true, numLayers: 2, hiddenSize: 1 }), 'given')).toEqual({
      values: [[0], [0], [0], [0]],
    });
    expect(initialState(given, 'learned')).toBe('learned');
  });
});

describe('the shape rehearsal', () => {
  it('gives PyTorch’s shapes', () => {
    expect(rehearse(model(), sizes, natural)).toEqual({
      input: [5, 1, 4],
      states: [{ name: 'h0', shape: [1, 1, 4] }],
      output: [5, 1, 4],
      last: [{ name: 'h_n', shape: [1, 1, 4] }],
    });
    const lstm = model({
      cell: 'lstm',
      hiddenSize: 3,
      numLayers: 2,
      bidirectional: true,
      embedding: 7,
      head: 'linear',
    });
    const shapes = rehearse(lstm, sizes, { T: 6, B: 2, batchFirst: true, layout: 'B, T' });
    expect(shapes.input).toEqual([2, 6, 7]);
    expect(shapes.output).toEqual([2, 6, 6]);
    // batch_first never changes the states.
    expect(shapes.states).toEqual([
      { name: 'h0', shape: [4, 2, 3] },
      { name: 'c0', shape: [4, 2, 3] },
    ]);
  });
  it('repeats PyTorch’s own error for a layout that batch_first does not say', () => {
    // Both as PyTorch 2.13 raises them for nn.RNN(4, 4) and nn.LSTM(4, 4) on x [1, 5, 4] with h0 [1, 1, 4].
    const turned = { ...natural, layout: 'B, T' as const };
    expect(layoutMistake(model(), turned)).toEqual({
      kind: 'raises',
      message: 'RuntimeError: Expected hidden size (1, 5, 4), got [1, 1, 4]',
    });
    expect(layoutMistake(model({ cell: 'lstm' }), turned)).toEqual({
      kind: 'raises',
      message: 'RuntimeError: Expected hidden[0] size (1, 5, 4), got [1, 1, 4]',
    });
  });
  it('warns where PyTorch is silent', () => {
    expect(layoutMistake(model(), { T: 3, B: 3, batchFirst: true, layout: 'T, B' })).toEqual({
      kind: 'silent',
    });
    expect(layoutMistake(model(), { T: 3, B: 3, batchFirst: true, layout: 'B, T' })).toBeNull();
  });
  it('counts the dense network of the same ends', () => {
    expect(denseCount(sizes, 5, false)).toEqual({ from: 20, to: 20, count: 420 });
    expect(denseCount(sizes, 5, true)).toEqual({ from: 20, to: 4, count: 84 });
  });
});

describe('the PyTorch module', () => {
  const code = (patch: Partial<ModelSpec>, task: 'mapping' | 'label' = 'mapping', rehearsal = natural) =>
    pytorchModule(model(patch), sizes, task, rehearsal);

  it('is the tutorial’s', () => {
    expect(code({})).toBe(
      [
        'from torch import nn',
        '',
        'class Model(nn.Module):',
        '    def __init__(self):',
        '        super().__init__()',
        '        self.rnn = nn.RNN(4, 4, num_layers=1, nonlinearity="tanh")',
        '',
        '    def forward(self, x, h0=None):     # x  (5, 1, 4)',
        '        output, h_n = self.rnn(x, h0)  # (5, 1, 4), (1, 1, 4)',
        '        return output                  # logits: head is none',
        '',
      ].join('\n'),
    );
  });
  it('makes its members in the order in which weights are drawn', () => {
    const text = code({ cell: 'lstm', embedding: 3, head: 'linear', initialState: 'learned', hiddenSize: 6 });
    const members = [...text.matchAll(/self\.(\w+) = nn\./g)].map((match) => match[1]);
    expect(members).toEqual(['h0', 'c0', 'embedding', 'rnn', 'head']);
    expect(text).toContain('nn.Embedding(4, 3)');
    expect(text).toContain('nn.LSTM(3, 6, num_layers=1)');
    expect(text).toContain('state = (h0, c0)');
  });
  it('says every setting that is not PyTorch’s default', () => {
    const text = code(
      { cell: 'gru', numLayers: 2, bias: false, dropout: 0.25, bidirectional: true, head: 'linear' },
      'mapping',
      { ...natural, batchFirst: true },
    );
    expect(text).toContain(
      'nn.GRU(4, 4, num_layers=2, bias=False, batch_first=True, dropout=0.25, bidirectional=True)',
    );
    expect(text).toContain('nn.Linear(8, 4)');
    expect(text).not.toContain('nonlinearity');
  });
  it('takes a label from the last state of both directions', () => {
    expect(code({ head: 'linear', bidirectional: true }, 'label')).toContain(
      'torch.cat([h_n[-2], h_n[-1]], dim=1)',
    );
    expect(code({ head: 'linear' }, 'label')).toContain('last = h_n[-1]');
  });
  it('holds a given h0 as floats, outside the state dict', () => {
    expect(code({ initialState: { values: [[1, -0.5, 0, 2]] } })).toContain(
      'self.register_buffer("h0", torch.tensor([[1., -0.5, 0., 2.]]), persistent=False)',
    );
  });
  it('writes the tutorial’s first two programs', () => {
    const shapes = { inputSize: 4, sequenceLength: 3, batchSize: 1, call: 'cell' as const };
    const first = pytorchShapesProgram(model({ hiddenSize: 2 }), shapes, 0);
    expect(first).toContain('torch.nn.RNNCell(4, 2)');
    expect(first).toContain('torch.randn(3, 1, 4)');
    const second = pytorchShapesProgram(
      model({ hiddenSize: 2, cell: 'lstm' }),
      { ...shapes, call: 'sequence' },
      7,
    );
    expect(second).toContain('torch.manual_seed(7)');
    expect(second).toContain('hidden = (torch.zeros(1, 1, 2), torch.zeros(1, 1, 2))');
  });
  it('is coloured without losing a character', () => {
    const text = code({ cell: 'lstm', head: 'linear', initialState: 'learned' });
    const parts = highlightPython(text);
    expect(parts.map((part) => part.text).join('')).toBe(text);
    expect(parts.filter(({ kind }) => kind === 'name').map((part) => part.text)).toEqual(['Model']);
    expect(parts.find(({ kind }) => kind === 'comment')?.text).toMatch(/^# x/);
  });
});

describe('the unrolled network', () => {
  const shapesOf = (drawing: ReturnType<typeof unroll>) =>
    [...new Set(drawing.edges.map(({ shape }) => shape))].sort();

  it('draws a cell a step, one arrow across and two up, each with its shape', () => {
    const drawing = unroll(model(), sizes, 5, 1, false);
    expect(drawing.cells).toHaveLength(5);
    expect(drawing.edges.filter(({ weight }) => weight === 'hh')).toHaveLength(6);
    expect(drawing.edges.filter(({ weight }) => weight === 'ih')).toHaveLength(5);
    expect(shapesOf(drawing)).toEqual(['(1, 4)', '(1,1,4)']);
    expect(drawing.states.map(({ name }) => name)).toEqual(['h0', 'h_n']);
  });
  it('draws the reverse direction from right to left, with its own states', () => {
    const drawing = unroll(model({ bidirectional: true, head: 'linear', numLayers: 2 }), sizes, 3, 1, false);
    const backwards = drawing.edges.filter(({ weight, from, to }) => weight === 'hh' && from[0] > to[0]);
    expect(backwards).toHaveLength(8);
    expect(drawing.states.map(({ name }) => name)).toEqual([
      'h0[0]',
      'h_n[0]',
      'h_n[1]',
      'h0[1]',
      'h0[2]',
      'h_n[2]',
      'h_n[3]',
      'h0[3]',
    ]);
    expect(shapesOf(drawing)).toContain('(1, 8)');
  });
  it('leaves out the middle of what is long or deep, and says so', () => {
    const drawing = unroll(model({ numLayers: 6, head: 'linear' }), sizes, 40, 1, false);
    expect(drawing.columns.map(({ t }) => t)).toEqual([1, 2, 3, 4, 40]);
    expect(drawing.hiddenLayers).toBe(3);
    expect(drawing.cells.filter(({ t }) => t === null)).toHaveLength(3);
  });
  it('takes a label from the last step alone', () => {
    const drawing = unroll(model({ head: 'linear' }), sizes, 4, 1, true);
    expect(drawing.edges.filter(({ weight }) => weight === 'head')).toHaveLength(1);
  });
  it('keeps everything inside its frame and no two cells on each other', () => {
    for (const bidirectional of [false, true]) {
      for (const numLayers of [1, 2, 3]) {
        const drawing = unroll(
          model({ bidirectional, numLayers, head: 'linear', embedding: 2 }),
          sizes,
          7,
          2,
          false,
        );
        for (const { from, to } of drawing.edges) {
          for (const [x, y] of [from, to]) {
            expect(x >= 0 && x <= drawing.width && y >= 0 && y <= drawing.height).toBe(true);
          }
        }
        const levels = [...new Set(drawing.cells.map(({ y }) => y))].sort((a, b) => a - b);
        for (let i = 1; i < levels.length; i += 1) expect(levels[i]! - levels[i - 1]!).toBeGreaterThan(60);
      }
    }
  });
  it('gives the same weights the same colour', () => {
    expect(weightColour('rnn.weight_ih_l0')).toBe(weightColour('rnn.weight_ih_l3_reverse'));
    expect(weightColour('rnn.weight_ih_l0')).not.toBe(weightColour('rnn.weight_hh_l0'));
  });
});

describe('what stands at the ends of the drawing', () => {
  const draft = (patch: Partial<Draft['data']>, rows: [string, string][]): Draft => ({
    ...emptyDraft(),
    data: { ...emptyDraft().data, ...patch },
    rows: rows.map(([input, target], i) => ({ id: i + 1, input, target, split: 'train', note: '' })),
  });
  it('is the chosen row, or the first that has tokens', () => {
    const rows = draft({}, [
      ['', ''],
      ['ab', 'ba'],
      ['cd', 'dc'],
    ]);
    expect(exampleOf(rows, 3).input).toEqual(['c', 'd']);
    expect(exampleOf(rows, 99).target).toEqual(['b', 'a']);
    expect(naturalSizes(rows, exampleOf(rows, null))).toEqual({ T: 2, B: 1 });
    const none = draft({}, []);
    expect(naturalSizes(none, exampleOf(none, null))).toEqual({ T: 5, B: 1 });
  });
  it('is a token and its next of a language model, of rows or of a text', () => {
    const rows = draft({ task: 'language-model' }, [['abc', '']]);
    expect(exampleOf(rows, null)).toMatchObject({ input: ['a', 'b'], target: ['b', 'c'] });
    const text = draft({ task: 'language-model', text: 'xyz', sequenceLength: 32 }, [['abc', '']]);
    expect(exampleOf(text, 1)).toEqual({ row: null, input: ['x', 'y'], target: ['y', 'z'] });
    expect(naturalSizes(text, exampleOf(text, null)).T).toBe(32);
  });
  it('is a label that stands alone', () => {
    expect(exampleOf(draft({ task: 'label' }, [['Li', 'Chinese']]), 1).target).toEqual(['Chinese']);
  });
});

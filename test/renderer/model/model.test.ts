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
import { unroll, weightColour } from '../../../renderer/screens/model/unrolled.ts';

const sizes: DataSizes = { inputSize: 4, outputSize: 4 };
const model = (patch: Partial<ModelSpec> = {}): ModelSpec => ({ ...defaultModel(), ...patch });

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

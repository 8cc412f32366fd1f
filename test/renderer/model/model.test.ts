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
    expect(Object.keys(locks({ head: 'linear', numLayers: 2 }))).toEqual(['call']);
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
  it('locks what a loop over single cells does not have, with the way back to the module', () => {
    const cell = locks({ call: 'cell', head: 'linear', hiddenSize: 7 });
    expect(Object.keys(cell).sort()).toEqual(['bidirectional', 'dropout', 'numLayers']);
    expect(cell.numLayers!.wayOut!.patch).toEqual({ call: 'sequence' });
    expect(cell.dropout!.wayOut).toBeNull();
    expect(locks({ bidirectional: true, head: 'linear' }).call!.values).toEqual({ cell: 'nn.RNNCell' });
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

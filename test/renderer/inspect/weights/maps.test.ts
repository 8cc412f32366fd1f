import { describe, expect, it } from 'vitest';
import { defaultModel, type ModelSpec, parameterShapes } from '../../../../engine/model/spec.ts';
import {
  bandsLayout,
  nameEvery,
  rowAt,
  topOfRow,
} from '../../../../renderer/screens/inspect/weights/maps/bands-layout.ts';
import {
  bandOf,
  findWeight,
  shortName,
  weightAt,
  weightGroups,
  weightName,
} from '../../../../renderer/screens/inspect/weights/maps/weight-groups.ts';

const sizes = { inputSize: 3, outputSize: 2 };
const names = { vocabulary: ['a', 'b', '?'], targetVocabulary: ['x', 'y'] };
const model = (changes: Partial<ModelSpec>): ModelSpec => ({ ...defaultModel(), hiddenSize: 2, ...changes });
const groupsOf = (changes: Partial<ModelSpec>) => weightGroups(model(changes), sizes, names);

describe('groups of parameters', () => {
  it('hold every parameter of every kind of model once, each with its shape', () => {
    for (const cell of ['rnn', 'gru', 'lstm'] as const)
      for (const bidirectional of [false, true])
        for (const embedding of [null, 5])
          for (const bias of [false, true]) {
            const spec = model({
              cell,
              bidirectional,
              embedding,
              bias,
              numLayers: 2,
              head: 'linear',
              initialState: 'learned',
            });
            const blocks = weightGroups(spec, sizes, names).flatMap((group) => group.blocks);
            const shapes = parameterShapes(spec, sizes);
            expect(blocks.map(({ key }) => key).sort()).toEqual(shapes.map(({ key }) => key).sort());
            for (const { key, shape } of shapes) {
              const { rows, columns, rowNames, columnNames } = blocks.find((one) => one.key === key)!;
              expect([rows, columns], key).toEqual([shape[0], shape[1] ?? 1]);
              expect([rowNames.length, columnNames.length], key).toEqual([rows, columns]);
            }
          }
  });

  it('are a layer and direction each, banded by gate', () => {
    const groups = groupsOf({ cell: 'lstm', numLayers: 2, bidirectional: true, head: 'linear' });
    expect(groups.map(({ id }) => id)).toEqual(['l0', 'l0_reverse', 'l1', 'l1_reverse', 'head']);
    expect(groups[0]!.bands).toEqual([
      { gate: 'i', start: 0, rows: 2 },
      { gate: 'f', start: 2, rows: 2 },
      { gate: 'g', start: 4, rows: 2 },
      { gate: 'o', start: 6, rows: 2 },
    ]);
    expect(bandOf(groups[0]!, 5).gate).toBe('g');
    expect(groups[3]!.place).toEqual({ layer: 1, reverse: true });
  });

  it('name columns by what they come from, and units by the tokens whose logits they are', () => {
    const [layer] = groupsOf({ cell: 'rnn', head: 'none' });
    const [ih, hh, bias] = layer!.blocks;
    expect([ih!.columnNames, ih!.columnKind]).toEqual([['a', 'b', '?'], 'token']);
    expect(hh!.columnNames).toEqual(['x', 'y']);
    expect(weightName({ block: hh!, row: 1, column: 0 })).toBe('W_hh[y, x]');
    expect(weightName({ block: bias!, row: 1, column: 0 })).toBe('b_ih[y]');
    const above = groupsOf({ cell: 'rnn', numLayers: 2, head: 'linear' })[1]!;
    expect(above.blocks[0]).toMatchObject({ columnKind: 'below', columnNames: ['0', '1'] });
  });

  it('name the weights of an LSTM by PyTorch’s own rows', () => {
    const [layer] = groupsOf({ cell: 'lstm', head: 'linear' });
    expect(weightName({ block: layer!.blocks[1]!, row: 7, column: 1 })).toBe('W_hh[7, 1]');
    expect(['rnn.weight_ih_l3_reverse', 'head.bias', 'c0'].map(shortName)).toEqual(['W_ih', 'b', 'c0']);
  });
});

describe('the chosen weight', () => {
  const groups = groupsOf({ cell: 'gru', head: 'linear' });
  const fallback = { layer: 0, reverse: false, unit: 1 };

  it('is found by key and row-major index', () => {
    const block = groups[0]!.blocks[0]!;
    expect(findWeight(groups, weightAt(block, 4, 2), fallback)).toMatchObject({
      index: 14,
      row: 4,
      column: 2,
    });
  });

  it('is W_hh[unit, unit] where the model has no such place', () => {
    const wanted = { row: 1, column: 1, block: { key: 'rnn.weight_hh_l0' } };
    expect(findWeight(groups, null, fallback)).toMatchObject(wanted);
    expect(findWeight(groups, { key: 'rnn.weight_hh_l7', index: 0 }, fallback)).toMatchObject(wanted);
    expect(findWeight(groups, { key: 'rnn.weight_hh_l0', index: 999 }, fallback)).toMatchObject(wanted);
  });
});

describe('banded cells', () => {
  const lstm = groupsOf({ cell: 'lstm', head: 'linear' })[0]!;

  it('lead from every row to its place and back', () => {
    for (const room of [
      { width: 400, height: 500 },
      { width: 60, height: 30 },
    ]) {
      const layout = bandsLayout(lstm, room);
      for (let row = 0; row < 8; row++) {
        const middle = topOfRow(layout, lstm.bands, row) + layout.stepY / 2;
        expect(rowAt(layout, lstm.bands, middle), `${row}`).toBe(row);
      }
      expect(layout.height).toBeLessThanOrEqual(room.height + 1);
    }
  });

  it('have numbers in them where they are few and the room is wide', () => {
    expect(bandsLayout(lstm, { width: 500, height: 500 }).isWritten).toBe(true);
    expect(bandsLayout(lstm, { width: 200, height: 500 }).isWritten).toBe(false);
    const large = weightGroups(model({ cell: 'lstm', hiddenSize: 512, head: 'linear' }), sizes, names)[0]!;
    const layout = bandsLayout(large, { width: 400, height: 500 });
    expect(layout).toMatchObject({ isWritten: false, gap: 0 });
    expect(layout.stepX * 517).toBeLessThanOrEqual(400);
  });

  it('leave out names that have no room', () => {
    expect(nameEvery(26, 1)).toBe(1);
    expect(nameEvery(9, 2)).toBe(2);
    expect(nameEvery(0.5, 3)).toBeGreaterThan(40);
  });
});

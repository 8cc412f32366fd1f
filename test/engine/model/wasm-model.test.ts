import { expect, test } from 'vitest';
import { cells, findCell } from '../../../engine/layers/cells.ts';
import { gru } from '../../../engine/layers/gru.ts';
import { hasFusedCell } from '../../../engine/model/wasm-model.ts';

test('the module has the cells that it was written for, and takes no other for one of them', () => {
  for (const cell of [cells.rnn, findCell('rnn', 'relu'), cells.gru, cells.lstm]) {
    expect(hasFusedCell(cell)).toBe(true);
  }
  expect(hasFusedCell({ ...gru })).toBe(false);
});

import type { Cell } from './cell.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { rnnRelu, rnnTanh } from './rnn.ts';

/** All cells, by the name that `model.cell` uses. A new cell is added here (docs/adding-a-cell.md). */
export const cells = { rnn: rnnTanh, gru, lstm } satisfies Record<string, Cell>;

export type CellName = keyof typeof cells;

/** The cell of a name; nonlinearity matters to the plain cell alone, as in PyTorch. */
export function findCell(name: CellName, nonlinearity: 'tanh' | 'relu'): Cell {
  return name === 'rnn' && nonlinearity === 'relu' ? rnnRelu : cells[name];
}

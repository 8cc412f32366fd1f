/** Choosing cells by dragging the pointer over them, also beyond the list's edges. */
import { describe, expect, it } from 'vitest';
import { placeAt } from '../../../renderer/screens/data/drag-select.ts';
import { edgeSpeed } from '../../../renderer/screens/data/edge-scroll.ts';

const lines = ['input', 'target'] as const;
const geometry = { top: 100, scrolled: 580, rowPx: 58, tokensRight: 500, splitRight: 580 };
const at = (x: number, y: number) => placeAt({ x, y }, geometry, 40, lines);

describe('the cell under the pointer', () => {
  it('is counted from where the list is scrolled to', () => {
    expect(at(50, 101)).toEqual({ row: 10, column: 'input' });
    expect(at(50, 130)).toEqual({ row: 10, column: 'target' });
    expect(at(520, 159)).toEqual({ row: 11, column: 'split' });
    expect(at(900, 159)).toEqual({ row: 11, column: 'note' });
    expect(placeAt({ x: 50, y: 130 }, geometry, 40, ['input'])).toEqual({ row: 10, column: 'input' });
  });

  it('is within the rows, however far out the pointer is', () => {
    expect(at(-50, -9000)).toEqual({ row: 0, column: 'input' });
    expect(at(50, 99_999)).toEqual({ row: 39, column: 'target' });
  });
});

it('at the edges the list scrolls, the faster the further out, and not in between', () => {
  const speed = (y: number) => edgeSpeed(y, 100, 500);
  expect([speed(300), speed(128), speed(472)]).toEqual([0, 0, 0]);
  expect(speed(110)).toBeLessThan(0);
  expect(speed(0)).toBeLessThan(speed(110));
  expect(speed(600)).toBeGreaterThan(speed(490));
  expect([speed(-9999), speed(9999)]).toEqual([-58, 58]);
});

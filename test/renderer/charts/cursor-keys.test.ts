import { describe, expect, it } from 'vitest';
import { cursorAction } from '../../../renderer/charts/cursor-keys.ts';

const place = { epoch: 10, last: 14, from: 1, to: 20 };
const press = (key: string, shift = false, at = place) => cursorAction(key, shift, at);

describe('cursorAction', () => {
  it('moves by an epoch or by a tenth of what is shown', () => {
    expect(press('ArrowRight')).toEqual({ kind: 'move', epoch: 11 });
    expect(press('ArrowLeft')).toEqual({ kind: 'move', epoch: 9 });
    expect(press('ArrowLeft', true)).toEqual({ kind: 'move', epoch: 8 });
    // As on every slider, Page Up increases.
    expect(press('PageUp')).toEqual({ kind: 'move', epoch: 12 });
  });

  it('stays among the epochs that there are', () => {
    expect(press('End')).toEqual({ kind: 'move', epoch: 14 });
    expect(press('Home')).toEqual({ kind: 'move', epoch: 1 });
    expect(press('ArrowRight', false, { ...place, epoch: 14 })).toEqual({ kind: 'move', epoch: 14 });
    expect(press('ArrowRight', false, { ...place, last: 0 })).toBeNull();
    expect(press('Enter', false, { ...place, last: 0 })).toBeNull();
  });

  it('zooms around the cursor and back out', () => {
    expect(press('+')).toEqual({ kind: 'zoom', range: [5, 15] });
    expect(press('-', false, { ...place, from: 8, to: 12 })).toEqual({ kind: 'zoom', range: [6, 14] });
    expect(press('Escape')).toEqual({ kind: 'zoom', range: null });
  });

  it('leaves other keys to the window', () => {
    for (const key of [' ', 'r', '3', 'Tab']) expect(press(key)).toBeNull();
  });
});

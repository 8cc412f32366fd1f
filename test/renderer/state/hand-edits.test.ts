import { describe, expect, it } from 'vitest';
import { HandEdits } from '../../../renderer/state/hand-edits.svelte.ts';

const place = ['rnn.weight_hh_l0', 3] as const;

describe('weights set by hand', () => {
  it('are one for each place, and undo takes back one movement at a time', () => {
    const edits = new HandEdits();
    edits.set(...place, 1);
    edits.set(...place, 1.1, 'slider 0');
    edits.set(...place, 1.2, 'slider 0');
    edits.set('head.bias', 0, 5);
    expect(edits.values).toHaveLength(2);
    edits.undo();
    expect([edits.at('head.bias', 0), edits.at(...place)]).toEqual([null, 1.2]);
    edits.undo();
    expect(edits.at(...place)).toBe(1);
    edits.undo();
    expect([edits.values.length, edits.canUndo]).toEqual([0, false]);
  });

  it('are given up for the run’s own value in a step that can be undone too', () => {
    const edits = new HandEdits();
    edits.unset(...place);
    expect(edits.canUndo).toBe(false);
    edits.set(...place, 2);
    edits.unset(...place);
    expect([edits.values.length, edits.canUndo]).toEqual([0, true]);
    edits.undo();
    expect(edits.at(...place)).toBe(2);
  });

  it('are the run’s own: another run has none', () => {
    const edits = new HandEdits();
    edits.follow('1');
    edits.set(...place, 2);
    edits.follow('1');
    expect(edits.values).toHaveLength(1);
    edits.follow('2');
    expect([edits.values.length, edits.canUndo]).toEqual([0, false]);
  });
});

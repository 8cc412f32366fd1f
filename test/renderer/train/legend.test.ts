import { describe, expect, it } from 'vitest';
import { readChartColours } from '../../../renderer/charts/chart-colours.ts';
import { legendOf } from '../../../renderer/screens/train/legend.ts';
import type { TrainState } from '../../../renderer/screens/train/train-state.svelte.ts';

const colours = readChartColours({ getPropertyValue: (name) => name });

function train(ghostId: string | null, hasValidation: boolean): TrainState {
  return {
    colours,
    hasValidation,
    line: { colour: 'blue', dashed: false },
    run: { runId: 'b', summary: { id: 'b', number: 2 } },
    view: { showsGhost: true },
    ghost: { summary: ghostId && { id: ghostId, number: 1 }, lines: { loss: { x: [1], y: [1] } } },
  } as unknown as TrainState;
}

const words = (state: TrainState) => legendOf(state, true).map(({ text, dashed }) => [text, dashed]);

describe('the legend of a chart', () => {
  it('is not there where one line needs no name, as while the ghost is still the run itself', () => {
    expect(words(train(null, false))).toEqual([]);
    expect(words(train('b', false))).toEqual([]);
  });

  it('says which line is training and which validation, and whose', () => {
    expect(words(train(null, true))).toEqual([
      ['training', false],
      ['validation', true],
    ]);
    expect(words(train('a', true))).toEqual([
      ['run 2, training', false],
      ['run 2, validation', true],
      ['run 1', false],
    ]);
    expect(words(train('a', false))).toEqual([
      ['run 2', false],
      ['run 1', false],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { predict } from '../../../engine/inspect/predict.ts';
import { trace } from '../../../engine/inspect/trace.ts';
import { reversal } from '../documents.ts';
import { deepModels, rowsOf, stepsOf, train } from './trained.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe.each(deepModels)('trace of $cell', (model) => {
  const trained = train({ dataset: reversal, model }, 3);
  const input = 'bacd';
  const traced = trace(trained, { input });
  if (!traced.ok) throw new Error('refused');
  const { prediction } = traced.value;
  const directions = traced.value.directions.map((direction) => ({
    ...direction,
    steps: stepsOf(direction, 4),
  }));
  const weights = (name: string, layer: number, reverse: boolean) =>
    trained.weights[`rnn.${name}_l${layer}${reverse ? '_reverse' : ''}`]!;

  it('ends in the prediction', () => {
    const predicted = predict(trained, { input });
    expect(predicted.ok && predicted.value).toEqual(prediction);
    expect(directions.map(({ layer, reverse }) => [layer, reverse])).toEqual([
      [0, false],
      [0, true],
      [1, false],
      [1, true],
    ]);
    const states = [0, 1, 2, 3].map((t) => [...directions[2]!.steps[t]!.h, ...directions[3]!.steps[t]!.h]);
    expect(states).toEqual(rowsOf(prediction.states, 4));
  });

  it('shows sums of the operands that it shows', () => {
    for (const { layer, reverse, gateNames, steps } of directions) {
      const [wih, bih] = [weights('weight_ih', layer, reverse), weights('bias_ih', layer, reverse)];
      const [whh, bhh] = [weights('weight_hh', layer, reverse), weights('bias_hh', layer, reverse)];
      const [I, H] = [wih.shape[1]!, whh.shape[1]!];
      for (const step of steps) {
        expect(step.x).toHaveLength(I);
        for (let row = 0; row < gateNames.length * H; row++) {
          const ofInput = step.x.reduce((sum, x, i) => sum + x * wih.data[row * I + i]!, bih.data[row]!);
          const ofState = step.hPrevious.reduce(
            (sum, h, j) => sum + h * whh.data[row * H + j]!,
            bhh.data[row]!,
          );
          const [g, j] = [Math.floor(row / H), row % H];
          expect(step.inputSums[g]![j]).toBeCloseTo(ofInput, 5);
          expect(step.recurrentSums[g]![j]).toBeCloseTo(ofState, 5);
        }
      }
    }
  });

  it('shows gates that are σ or tanh of their pre-activations', () => {
    for (const { gateNames, steps } of directions) {
      for (const step of steps) {
        for (const [g, name] of gateNames.entries()) {
          const curve = 'hng'.includes(name) ? Math.tanh : sigmoid;
          for (const [j, value] of step.gates[g]!.entries()) {
            expect(value, `${name}[${j}]`).toBeCloseTo(curve(step.preActivations[g]![j]!), 5);
          }
        }
      }
    }
  });

  it('hands each state to the next step, from the other end in reverse', () => {
    for (const { reverse, steps } of directions) {
      const inOrder = reverse ? [...steps].reverse() : steps;
      for (const [k, step] of inOrder.entries()) {
        if (k === 0) continue;
        expect(step.hPrevious).toEqual(inOrder[k - 1]!.h);
        expect(step.cPrevious).toEqual(inOrder[k - 1]!.c);
      }
    }
  });
});

describe('trace', () => {
  it('reads one-hot vectors without an embedding, rows of it with one', () => {
    const oneHot = trace(train({}, 1), { input: 'ho' });
    const embedded = train({ model: { embedding: 2 } }, 1);
    const dense = trace(embedded, { input: 'ho' });
    if (!oneHot.ok || !dense.ok) throw new Error('refused');
    expect(rowsOf(oneHot.value.directions[0]!.x, 2)).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 1],
    ]);
    const table = embedded.weights['embedding.weight']!.data;
    expect(rowsOf(dense.value.directions[0]!.x, 2)).toEqual([table.slice(2, 4), table.slice(6, 8)]);
  });

  it('is refused where it would be too long to show', () => {
    const found = trace(train({}, 1), { input: 'hello'.repeat(50_000) });
    expect(found.ok ? '' : found.problems[0]!.message).toMatch(
      /^a trace of 250000 tokens through this model holds/,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { predict } from '../../../engine/inspect/predict.ts';
import { trainedModel } from '../../../engine/inspect/trained.ts';
import { type Changes, reversal, trainer } from '../documents.ts';
import { rowsOf, train, withWeights } from './trained.ts';

const names: Changes = {
  dataset: {
    task: 'label',
    targetVocabulary: ['f', 'm'],
    samples: [
      { input: 'anna', target: 'f' },
      { input: 'mark', target: 'm' },
      { input: 'lea', target: 'f' },
    ],
  },
  model: { cell: 'gru', bidirectional: true, head: 'linear', hiddenSize: 6 },
};

function messagesOf(result: ReturnType<typeof predict>): string[] {
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

describe('predict', () => {
  it('says after training what the last epochs said', () => {
    const changes: Changes = { dataset: reversal, model: { cell: 'lstm', hiddenSize: 8, head: 'linear' } };
    const trained = train(changes, 30);
    // The forward pass of the next epoch uses these weights.
    const { predictions } = trainer({ ...changes, initialWeights: trained.weights }).stepEpoch()!;
    const said = reversal.samples!.map(({ input }) => {
      const found = predict(trained, { input });
      return found.ok ? found.value.predictedTokens.join('') : '';
    });
    expect(said).toEqual(predictions);
  });

  it('gives probabilities, logits and states of every step', () => {
    const found = predict(train({}, 40), { input: 'hello' });
    if (!found.ok) throw new Error('refused');
    const { inputTokens, predictedTokens, logits, probabilities, states } = found.value;
    expect(inputTokens).toEqual(['h', 'e', 'l', 'l', 'o']);
    expect(predictedTokens.join('')).toBe('ohlol');
    // Without a head, the states are the logits.
    expect(states).toEqual(logits);
    const logitsOf = rowsOf(logits, 5);
    for (const [t, row] of rowsOf(probabilities, 5).entries()) {
      const sum = logitsOf[t]!.reduce((total, logit) => total + Math.exp(logit), 0);
      for (const [v, p] of row.entries()) expect(p).toBeCloseTo(Math.exp(logitsOf[t]![v]!) / sum, 6);
    }
  });

  it('of a label gives one token for the sequence', () => {
    const found = predict(train(names, 60), { input: 'lea' });
    if (!found.ok) throw new Error('refused');
    expect(found.value.predictedTokens).toEqual(['f']);
    expect(found.value.logits).toHaveLength(2);
    expect(found.value.states).toHaveLength(3 * 12);
  });

  it('names unknown tokens, an empty input, weights that do not fit', () => {
    const trained = train({}, 1);
    expect(messagesOf(predict(trained, { input: 'hexlo!' }))).toEqual([
      'input: token "x" at position 3 is not in the vocabulary of 4 tokens',
      'input: token "!" at position 6 is not in the vocabulary of 4 tokens',
    ]);
    expect(messagesOf(predict(trained, { input: '' }))).toEqual(['input has no tokens; it needs 1 or more']);
    const weights = { ...trained.weights, 'rnn.bias_hh_l0': { shape: [3], data: [0, 0, 0] } };
    expect(messagesOf(predict(withWeights(trained, weights), { input: 'he' }))).toEqual([
      'weights["rnn.bias_hh_l0"] has shape [3]; the model needs [4]',
    ]);
    const model = { ...trained.model, hiddenSize: 5 };
    expect(messagesOf(predict(trainedModel({ ...trained, model }), { input: 'he' }))[0]).toMatch(
      /^model\.hiddenSize is 5/,
    );
  });
});

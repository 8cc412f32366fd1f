import { describe, expect, it } from 'vitest';
import { evaluatedSamples } from '../../../engine/data/limits.ts';
import { evaluate } from '../../../engine/inspect/evaluate.ts';
import { findGradients } from '../../../engine/inspect/gradients.ts';
import { predict } from '../../../engine/inspect/predict.ts';
import { type Changes, reversal, trainer } from '../documents.ts';
import { jsonOf, train } from './trained.ts';

const names: Changes = {
  dataset: {
    task: 'label',
    targetVocabulary: ['f', 'm'],
    samples: [
      { input: 'anna', target: 'f' },
      { input: 'mark', target: 'm' },
      { input: 'lea', target: 'f' },
    ],
    validation: [
      { input: 'rana', target: 'f' },
      { input: 'karl', target: 'm' },
    ],
  },
  model: { cell: 'gru', bidirectional: true, head: 'linear', hiddenSize: 6 },
};

function answerOf(result: ReturnType<typeof evaluate>) {
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(' '));
  return result.value;
}

describe('evaluate', () => {
  it('has the validation loss and accuracy that the run had after the same epoch', () => {
    const run = trainer(names);
    const row = run.stepEpoch()!;
    const { validation } = run.experiment.dataset;
    if (!Array.isArray(validation)) throw new Error('no samples');
    const samples = validation.map(({ input, target = '' }) => ({ input, target }));
    const { losses, says, wanted } = answerOf(evaluate(jsonOf(run), { samples }));
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(mean).toBeCloseTo(row.validationLoss!, 6);
    const right = [...says].filter((said, i) => said === wanted[i]).length;
    expect(right / says.length).toBe(row.validationAccuracy);
  });

  it.each([
    ['labels', names],
    [
      'tokens',
      { dataset: reversal, model: { cell: 'lstm', hiddenSize: 5, head: 'linear' } } satisfies Changes,
    ],
  ])('of %s says for each sample what it says of that one alone', (_, changes) => {
    const trained = train(changes, 5);
    const samples = changes.dataset!.samples!.map(({ input, target = '' }) => ({ input, target }));
    const found = answerOf(evaluate(trained, { samples }));
    const V = trained.targetVocabulary.length;
    expect(found.starts).toHaveLength(samples.length + 1);
    for (const [i, sample] of samples.entries()) {
      const alone = predict(trained, sample);
      const gradients = findGradients(trained, { ...sample, step: null });
      if (!alone.ok || !gradients.ok) throw new Error('refused');
      const [from, until] = [found.starts[i]!, found.starts[i + 1]!];
      const said = [...found.says.subarray(from, until)].map((v) => trained.targetVocabulary[v]);
      expect(said).toEqual(alone.value.predictedTokens);
      expect(found.distributions!.subarray(from * V, until * V)).toEqual(alone.value.probabilities);
      const wanted = [...found.wanted.subarray(from, until)];
      expect(trained.targetVocabulary.filter((_, v) => v === wanted[0])[0]).toBe(
        trained.task === 'label' ? sample.target : sample.target[0],
      );
      wanted.forEach((v, k) => {
        expect(found.probabilities[from + k]).toBe(alone.value.probabilities[k * V + v]);
      });
      expect(found.losses[i]).toBeCloseTo(gradients.value.loss, 6);
    }
  });

  it('names the sample and the token that it cannot read, and says how many it takes', () => {
    const trained = train(names, 1);
    const bad = evaluate(trained, {
      samples: [
        { input: 'anna', target: 'f' },
        { input: 'anzna', target: 'q' },
      ],
    });
    expect(bad.ok ? [] : bad.problems.map(({ message }) => message)).toEqual([
      'samples[1].input: token "z" at position 3 is not in the vocabulary of 7 tokens',
      'samples[1].target: token "q" at position 1 is not in the vocabulary of 2 tokens',
    ]);
    const many = evaluate(trained, {
      samples: Array.from({ length: evaluatedSamples + 1 }, () => ({ input: 'anna', target: 'f' })),
    });
    expect(many.ok ? '' : many.problems[0]!.message).toBe(
      'samples has 10001 samples; one question takes at most 10000',
    );
  });

  it('of none is empty', () => {
    const { starts, says, losses } = answerOf(evaluate(train(names, 1), { samples: [] }));
    expect([...starts]).toEqual([0]);
    expect(says).toHaveLength(0);
    expect(losses).toHaveLength(0);
  });
});

import { describe, expect, it } from 'vitest';
import { generate } from '../../../engine/inspect/generate.ts';
import { predict } from '../../../engine/inspect/predict.ts';
import type { GenerateQuestion } from '../../../engine/questions.ts';
import { wheat } from '../documents.ts';
import { rowsOf, train } from './trained.ts';

const trained = train(
  { dataset: wheat, model: { cell: 'gru', hiddenSize: 16, head: 'linear' }, training: { batchSize: 1 } },
  60,
);

function make(changes: Partial<GenerateQuestion> = {}, asked = trained) {
  const found = generate(asked, { prompt: 'the ', length: 30, temperature: 0, seed: 1, ...changes });
  if (!found.ok) throw new Error(found.problems.map(({ message }) => message).join());
  return found.value;
}

describe('generate', () => {
  it('at temperature 0 takes the likeliest token after all that stands there', () => {
    const { text, tokens } = make();
    expect(text).toHaveLength(4 + 30);
    expect(text.startsWith('the ')).toBe(true);
    const again = predict(trained, { input: text });
    if (!again.ok) throw new Error('refused');
    expect(tokens.map(({ token }) => token)).toEqual(again.value.predictedTokens.slice(3, -1));
    expect(new Set(tokens.map(({ probability }) => probability))).toEqual(new Set([1]));
    expect(make({ seed: 2 }).text).toBe(text);
  });

  it('draws by its seed, more evenly the hotter', () => {
    const hot = make({ temperature: 1 });
    expect(make({ temperature: 1 })).toEqual(hot);
    expect(make({ temperature: 1, seed: 2 }).text).not.toBe(hot.text);
    const likely = (temperature: number) => {
      const { tokens } = make({ temperature, length: 300 });
      return tokens.reduce((sum, { probability }) => sum + probability, 0) / 300;
    };
    expect(likely(0.5)).toBeGreaterThan(likely(1));
    expect(likely(1)).toBeGreaterThan(likely(5));
    expect(likely(1e9)).toBeCloseTo(1 / trained.vocabulary.length, 5);
    expect(make({ temperature: 1e-9 }).text).toBe(make().text);
  });

  it('gives the probabilities of softmax(logits / temperature)', () => {
    const { tokens } = make({ temperature: 2, length: 1 });
    const read = predict(trained, { input: 'the ' });
    if (!read.ok) throw new Error('refused');
    const weights = rowsOf(read.value.logits, 4)[3]!.map((logit) => Math.exp(logit / 2));
    const wanted = weights[trained.vocabulary.indexOf(tokens[0]!.token)]!;
    expect(tokens[0]!.probability).toBeCloseTo(wanted / weights.reduce((a, b) => a + b), 6);
  });

  it('draws among the likeliest alone, and tells from what by which number', () => {
    const asked = { temperature: 1.5, topK: 3, length: 40, distributions: true };
    const { tokens, distributions } = make(asked);
    const V = trained.vocabulary.length;
    const { raw, used, u } = distributions!;
    let context = 'the ';
    for (const [i, { token, probability }] of tokens.entries()) {
      const read = predict(trained, { input: context });
      if (!read.ok) throw new Error('refused');
      const K = [...context].length;
      const p = rowsOf(read.value.probabilities, K).at(-1)!;
      const logits = rowsOf(read.value.logits, K).at(-1)!;
      const [given, drawn] = [raw, used].map((all) => [...all.subarray(i * V, (i + 1) * V)]);
      for (const [v, value] of given!.entries()) expect(value).toBeCloseTo(p[v]!, 5);
      const kept = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, 3);
      const sum = kept.reduce((total, v) => total + Math.exp(logits[v]! / 1.5), 0);
      for (const [v, value] of drawn!.entries())
        expect(value).toBeCloseTo(kept.includes(v) ? Math.exp(logits[v]! / 1.5) / sum : 0, 5);
      const next = trained.vocabulary.indexOf(token);
      const before = drawn!.slice(0, next).reduce((total, value) => total + value, 0);
      expect(u[i]).toBeGreaterThanOrEqual(before - 1e-6);
      expect(u[i]).toBeLessThan(before + drawn![next]! + 1e-6);
      expect(probability).toBeCloseTo(drawn![next]!, 6);
      context += token;
    }
    const all = { ...asked, topK: V };
    expect(make(all).tokens).toEqual(make({ ...all, topK: null }).tokens);
    expect(make({ topK: 1, temperature: 1 }).text).toBe(make().text);
    expect(make({ topK: 1 }).distributions).toBeNull();
  });

  it('without a prompt begins with any token, by the seed', () => {
    const first = (seed: number) => make({ prompt: '', length: 2, seed }).tokens[0]!;
    expect(first(1).probability).toBeCloseTo(1 / trained.vocabulary.length, 12);
    expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => first(seed).token)).size).toBeGreaterThan(2);
  });

  it.each([
    [{ prompt: 'Zoo' }, 'input: token "Z" at position 1 is not in the vocabulary of 9 tokens'],
    [{ temperature: -1 }, 'temperature is -1; it needs a finite number from 0'],
    [{ temperature: Number.NaN }, 'temperature is NaN; it needs a finite number from 0'],
    [{ topK: 0 }, "topK is 0; it needs a whole number from 1 to the vocabulary's 9 tokens"],
    [{ topK: 10 }, "topK is 10; it needs a whole number from 1 to the vocabulary's 9 tokens"],
    [{ length: 0 }, 'length is 0; it needs a whole number from 1 to 1000000'],
  ])('refuses %o', (changes, message) => {
    expect(() => make(changes)).toThrow(message);
  });

  it('refuses a model of another task', () => {
    const message = 'the model is mapping; only a language model of one direction makes text';
    expect(() => make({}, train({}, 1))).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { loadSnippet } from '../../../engine/formats/pytorch-load.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';

const hello = findTemplate('hello-rnn') as SequenceExperiment;

describe('loadSnippet', () => {
  it('makes the module, loads the file by name and asks for the first sample', () => {
    const code = loadSnippet(hello, 'my "best".weights.json')!;
    expect(code).toContain('self.rnn = nn.RNN(4, 4, num_layers=1, nonlinearity="tanh")');
    expect(code).toContain('with open("my \\"best\\".weights.json", encoding="utf-8") as file:');
    expect(code).toContain('tokens = list("hello")');
    expect(code).toContain('one_hot(');
    expect(code.match(/^import torch$/gm)).toHaveLength(1);
  });

  it('writes words and characters of several code points as a list', () => {
    const words: SequenceExperiment = {
      ...hello,
      model: { ...hello.model, embedding: 3 },
      dataset: { ...hello.dataset, tokens: 'spaces', samples: [{ input: 'open the door', target: 'a b c' }] },
    };
    const code = loadSnippet(words, 'w.json')!;
    expect(code).toContain('tokens = ["open", "the", "door"]');
    expect(code).toContain('x = indices\n');
    expect(code).toContain('print(" ".join(');
  });
});

import { describe, expect, it } from 'vitest';
import { makeBrackets } from '../../../../engine/data/makers/brackets.ts';
import type { SequenceDataset } from '../../../../engine/model/experiment.ts';
import { bracketRule, judgeMade } from '../../../../renderer/screens/inspect/try/generate/allowed.ts';

const text = (all: string): Parameters<typeof bracketRule>[0] => ({
  task: 'language-model',
  tokens: 'characters',
  text: all,
  vocabulary: [...new Set(all)].sort(),
  samples: [],
});

describe('the rule of the data', () => {
  it('is known of what the maker of brackets makes', () => {
    const made = makeBrackets({
      pairs: ['()', '[]'],
      minPairs: 1,
      maxPairs: 6,
      maxDepth: 4,
      count: 100,
      seed: 1,
    });
    if (!made.ok) throw new Error('no brackets');
    const rule = bracketRule(text(`${made.value.join(' ')} `));
    expect(rule?.separator).toBe(' ');
    expect([...rule!.closings]).toEqual([
      ['(', ')'],
      ['[', ']'],
    ]);
    // A text may be cut within a string.
    expect(bracketRule(text(`${made.value.join(' ')} ([`))).not.toBeNull();
  });

  it('is not guessed where a single string breaks it, or where there are other tokens', () => {
    expect(bracketRule(text('() [] (] []'))).toBeNull();
    expect(bracketRule(text('() ( ) []'))).toBeNull();
    expect(bracketRule(text('(a) ()'))).toBeNull();
    expect(bracketRule(text('hello'))).toBeNull();
    expect(bracketRule({ ...text('()[]'), task: 'mapping' })).toBeNull();
  });

  it('wants whole strings of samples', () => {
    const samples = (inputs: string[]) =>
      ({
        ...text('()'),
        text: undefined,
        samples: inputs.map((input) => ({ input })),
      }) as unknown as SequenceDataset;
    expect(bracketRule(samples(['()', '(())']))).not.toBeNull();
    expect(bracketRule(samples(['()', '((']))).toBeNull();
  });
});

describe('made tokens', () => {
  const rule = bracketRule(text('() [] ([])'))!;
  const judge = (prompt: string, made: string) => judgeMade(rule, [...prompt], [...made]);

  it('are wrong where they close none, close another kind, or end within open brackets', () => {
    expect(judge('([', '])()) ')).toEqual([true, true, true, true, false, true]);
    expect(judge('(', ']')).toEqual([false]);
    expect(judge('([', ' ')).toEqual([false]);
  });

  it('count one slip once', () => {
    expect(judge('(', '])').filter((isRight) => !isRight)).toHaveLength(2);
    expect(judge('([', ' ()').filter((isRight) => !isRight)).toHaveLength(1);
  });
});

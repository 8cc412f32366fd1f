/**
 * Recipes for the data of templates that are too large to write by hand. They use the lab's own makers, so each data
 * set can be made again, and larger, on the Data screen. A test compares the documents in this folder with these
 * recipes.
 */
import { makeBrackets } from '../data/makers/brackets.ts';
import { makeRandomStrings } from '../data/makers/random-strings.ts';
import { makeTargets } from '../data/makers/target-rules.ts';
import type { Result } from '../errors.ts';
import { surnames } from './surnames.ts';

/** Documents as one would write them by hand, with defaults left out. */
export const recipes: Record<string, () => object> = {
  'reverse-words': reverseWords,
  'delayed-echo': delayedEcho,
  names,
  brackets,
};

/**
 * 300 words of 2 to 5 letters. While the network hears the word, it must say dots; while it hears dots, it must say
 * the word from its end. The target is thus the input in reverse, and no letter is asked for before it was heard.
 */
function reverseWords(): object {
  const words = made(
    makeRandomStrings({
      alphabet: 'abcdef',
      unit: 'characters',
      minLength: 2,
      maxLength: 5,
      distinct: true,
      count: 300,
      seed: 0,
    }),
  );
  const inputs = words.map((word) => word + '.'.repeat(word.length));
  return experiment('Words in reverse', {
    dataset: {
      task: 'mapping',
      samples: made(makeTargets(inputs, { kind: 'reverse' }, 'characters')),
      validation: { fraction: 0.2, seed: 0 },
    },
    model: { cell: 'lstm', hiddenSize: 48, head: 'linear' },
    training: { epochs: 25, batchSize: 16, optimizer: { name: 'adam', lr: 0.01 } },
  });
}

/**
 * One of eight letters; 20 steps later a question mark asks for it: a delay by 20. Everything but the last step is
 * learned at once. Of the last step the plain cell only ever learns that it is a letter, so its loss stays at ln(8)
 * / 21 = 0.0990. With `cell` gru the network learns it within 300 epochs; with a delay of 5 the plain cell learns
 * it.
 */
function delayedEcho(): object {
  const delay = 20;
  const inputs = [...'abcdefgh'].map((letter) => `${letter}${'.'.repeat(delay - 1)}?`);
  return experiment('Delayed echo', {
    dataset: {
      task: 'mapping',
      samples: made(makeTargets(inputs, { kind: 'delay', by: delay, fill: '.' }, 'characters')),
    },
    model: { cell: 'rnn', hiddenSize: 32, head: 'linear' },
    training: {
      epochs: 300,
      batchSize: 4,
      optimizer: { name: 'adam', lr: 0.01 },
      stopWhen: { rightFor: 5 },
    },
  });
}

/**
 * Surnames of 2 to 10 letters, in batches of 16, padded. They are so few that the network soon learns them by heart,
 * as the validation loss shows.
 */
function names(): object {
  return experiment('Surnames by language', {
    dataset: {
      task: 'label',
      targetVocabulary: Object.keys(surnames),
      samples: surnamesInTurn(),
      validation: { fraction: 0.2, seed: 0 },
    },
    model: { cell: 'gru', hiddenSize: 16, head: 'linear' },
    training: { epochs: 20, batchSize: 16, optimizer: { name: 'adam', lr: 0.01 } },
  });
}

/** One surname of each language after the other, for as long as a language has some left. */
function surnamesInTurn(): { input: string; target: string }[] {
  const lists = Object.entries(surnames).map(([target, list]) =>
    list.split(/\s+/).map((input) => ({ input, target })),
  );
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}

/** A text of 250 balanced strings, separated by spaces and read in 8 streams. */
function brackets(): object {
  const strings = made(
    makeBrackets({ pairs: ['()', '[]'], minPairs: 1, maxPairs: 6, maxDepth: 4, count: 250, seed: 0 }),
  );
  return experiment('Balanced brackets', {
    dataset: { task: 'language-model', text: `${strings.join(' ')} `, sequenceLength: 32 },
    model: { cell: 'gru', hiddenSize: 32, head: 'linear' },
    training: { epochs: 40, batchSize: 8, shuffle: false, optimizer: { name: 'adam', lr: 0.01 } },
  });
}

interface Parts {
  dataset: object;
  model: object;
  training: object;
}

function experiment(name: string, { dataset, model, training }: Parts): object {
  return {
    format: 'ohlol/experiment',
    version: 1,
    name,
    dataset,
    model,
    training: { shuffle: true, seed: 0, clipGradNorm: 1, ...training },
  };
}

function made<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return result.value;
}

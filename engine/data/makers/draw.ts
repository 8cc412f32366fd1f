/** What all makers share: random draws and checks of limits. */
import { type Problem, problem, quote } from '../../errors.ts';
import type { RandomGenerator } from '../../tensor/random.ts';
import { dataLimits, trainingLimits } from '../limits.ts';
import { checkRange, group } from '../ranges.ts';
import { splitTokens } from '../tokens.ts';

/** One number of torch.randint(low, high), low ≤ n < high, from one draw of 32 bits. high − low is at most 2³². */
export function randint(random: RandomGenerator, low: number, high: number): number {
  return low + (random.next() % (high - low));
}

/** Checks the count and seed of a maker. */
export function checkAmount({ count, seed }: { count: number; seed: number }): Problem[] {
  return [
    ...checkRange(count, 'count', { whole: true, atLeast: 1, atMost: dataLimits.samples }),
    ...checkRange(seed, 'seed', { whole: true, atLeast: 0, atMost: trainingLimits.seed }),
  ];
}

/** Checks `min…` and `max…` of a maker: whole numbers from 1 to the limit, in order. */
export function checkSpan(
  [minName, min]: [string, number],
  [maxName, max]: [string, number],
  limit: number,
): Problem[] {
  const range = { whole: true, atLeast: 1, atMost: limit };
  const found = [...checkRange(min, minName, range), ...checkRange(max, maxName, range)];
  return found.length > 0 ? found : checkRange(max, maxName, { ...range, atLeast: min });
}

/** Checks, before any sample is made, that all together stay within the limit of a text. */
export function checkTotal(count: number, longest: number): Problem[] {
  const total = count * longest;
  const limit = dataLimits.textCharacters;
  if (total <= limit) return [];
  const message = `count is ${group(count)} of up to ${group(longest)} tokens, ${group(total)} in all; at most ${group(limit)} are made`;
  return [problem('too-many', 'count', message, { count: total, what: 'tokens', limit })];
}

/** Checks that the text is exactly one visible character. */
export function checkCharacter(text: string, path: string): Problem[] {
  const found = splitTokens(text, 'characters').length;
  if (found === 1 && text.trim() !== '') return [];
  const message = `${path} is ${quote(text)}; it must be one visible character`;
  return [problem('not-one-token', path, message, { text })];
}

/** Checks that the tokens of a list differ from each other. */
export function checkDistinct(tokens: readonly string[], path: string): Problem[] {
  return tokens.flatMap((token, i) => {
    const first = tokens.indexOf(token);
    if (first === i) return [];
    const message = `${path} has ${quote(token)} at ${first + 1} and again at ${i + 1}; each token appears once`;
    return [problem('duplicate-token', path, message, { token, index: i, first })];
  });
}

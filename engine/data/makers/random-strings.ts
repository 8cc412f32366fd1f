import { failure, problem, type Result, success } from '../../errors.ts';
import type { TokenUnit } from '../../model/experiment.ts';
import { createGenerator, type RandomGenerator } from '../../tensor/random.ts';
import { dataLimits } from '../limits.ts';
import { group } from '../ranges.ts';
import { joinTokens, splitTokens } from '../tokens.ts';
import { checkAmount, checkDistinct, checkSpan, checkTotal, randint } from './draw.ts';

export interface RandomStrings {
  /** The tokens to draw from, written as a text: `abc`, or `one two` where unit is spaces. */
  alphabet: string;
  unit: TokenUnit;
  minLength: number;
  maxLength: number;
  /** Whether every string must differ from the others. */
  distinct: boolean;
  count: number;
  seed: number;
}

/**
 * Makes `count` strings. After torch.manual_seed(seed), each draws a length by torch.randint(minLength, maxLength +
 * 1), then a token by torch.randint(0, A) for every step, where A is the number of tokens. `distinct` draws again
 * where a string has come before. Fails where too few different strings turn up.
 */
export function makeRandomStrings(options: RandomStrings): Result<string[]> {
  const { unit, minLength, maxLength, distinct, count, seed } = options;
  const alphabet = splitTokens(options.alphabet, unit);
  const problems = [
    ...checkDistinct(alphabet, 'alphabet'),
    ...checkSpan(['minLength', minLength], ['maxLength', maxLength], dataLimits.sampleCharacters),
    ...checkAmount(options),
  ];
  if (alphabet.length === 0) {
    problems.push(problem('empty-alphabet', 'alphabet', 'alphabet has no tokens; it needs at least 1'));
  }
  if (problems.length > 0) return failure(...problems);
  const total = checkTotal(count, maxLength);
  if (total.length > 0) return failure(...total);

  const random = createGenerator(seed);
  const strings: string[] = [];
  const seen = new Set<string>();
  for (let draws = 0; strings.length < count; draws++) {
    if (draws > 20 * count + 10_000) return tooFew(options, strings.length);
    const text = joinTokens(drawTokens(random, alphabet, minLength, maxLength), unit);
    if (distinct && seen.has(text)) continue;
    if (distinct) seen.add(text);
    strings.push(text);
  }
  return success(strings);
}

function drawTokens(
  random: RandomGenerator,
  alphabet: readonly string[],
  minLength: number,
  maxLength: number,
): string[] {
  const length = randint(random, minLength, maxLength + 1);
  return Array.from({ length }, () => alphabet[randint(random, 0, alphabet.length)]!);
}

function tooFew({ count }: RandomStrings, made: number): Result<string[]> {
  const message = `count is ${group(count)}, but drawing found only ${group(made)} different strings; allow longer ones, more tokens, or repetition`;
  return failure(problem('too-few-strings', 'count', message, { count, made }));
}

import { failure, type Problem, problem, quote, type Result, success } from '../../errors.ts';
import { createGenerator, type RandomGenerator } from '../../tensor/random.ts';
import { dataLimits } from '../limits.ts';
import { checkRange } from '../ranges.ts';
import { splitTokens } from '../tokens.ts';
import { checkAmount, checkCharacter, checkDistinct, checkSpan, checkTotal, randint } from './draw.ts';

export interface Brackets {
  /** Opening and closing bracket of each kind: `()`, `[]`. */
  pairs: readonly string[];
  /** Number of pairs in a string. */
  minPairs: number;
  maxPairs: number;
  /** Most brackets that are open at once. */
  maxDepth: number;
  count: number;
  seed: number;
}

/**
 * Makes `count` balanced strings. After torch.manual_seed(seed), each draws its number of pairs by
 * torch.randint(minPairs, maxPairs + 1). Then it draws bracket after bracket: where both are possible,
 * torch.randint(0, 2) opens (1) or closes (0), and an opening bracket is of kind torch.randint(0, pairs).
 */
export function makeBrackets(options: Brackets): Result<string[]> {
  const { minPairs, maxPairs, maxDepth, count, seed } = options;
  const most = dataLimits.sampleCharacters / 2;
  const problems = [
    ...checkPairs(options.pairs),
    ...checkSpan(['minPairs', minPairs], ['maxPairs', maxPairs], most),
    ...checkRange(maxDepth, 'maxDepth', { whole: true, atLeast: 1, atMost: most }),
    ...checkAmount(options),
  ];
  if (problems.length > 0) return failure(...problems);
  const total = checkTotal(count, 2 * maxPairs);
  if (total.length > 0) return failure(...total);
  const random = createGenerator(seed);
  const pairs = options.pairs.map((pair) => splitTokens(pair, 'characters') as [string, string]);
  return success(
    Array.from({ length: count }, () =>
      drawBalanced(random, pairs, randint(random, minPairs, maxPairs + 1), maxDepth),
    ),
  );
}

function drawBalanced(
  random: RandomGenerator,
  pairs: readonly [string, string][],
  count: number,
  maxDepth: number,
): string {
  const open: string[] = [];
  let text = '';
  for (let unopened = count; unopened > 0 || open.length > 0; ) {
    const canOpen = unopened > 0 && open.length < maxDepth;
    const canClose = open.length > 0;
    if (canOpen && (!canClose || randint(random, 0, 2) === 1)) {
      const [opening, closing] = pairs[randint(random, 0, pairs.length)]!;
      text += opening;
      open.push(closing);
      unopened--;
    } else text += open.pop()!;
  }
  return text;
}

/** Whether every bracket is closed by its own kind in the right order; other characters are ignored. */
export function isBalanced(text: string, pairs: readonly string[]): boolean {
  const closingOf = new Map(pairs.map((pair) => splitTokens(pair, 'characters') as [string, string]));
  const closings = new Set(closingOf.values());
  const open: string[] = [];
  for (const token of splitTokens(text, 'characters')) {
    const closing = closingOf.get(token);
    if (closing !== undefined) open.push(closing);
    else if (closings.has(token) && open.pop() !== token) return false;
  }
  return open.length === 0;
}

function checkPairs(pairs: readonly string[]): Problem[] {
  if (pairs.length === 0) {
    return [problem('empty-alphabet', 'pairs', 'pairs has no kind of bracket; it needs at least 1')];
  }
  const found = pairs.flatMap((pair, i) => {
    const tokens = splitTokens(pair, 'characters');
    if (tokens.length === 2) return tokens.flatMap((token) => checkCharacter(token, `pairs[${i}]`));
    const message = `pairs[${i}] is ${quote(pair)}; it must be an opening and a closing character`;
    return [problem('not-a-pair', `pairs[${i}]`, message, { text: pair })];
  });
  return found.length > 0
    ? found
    : checkDistinct(
        pairs.flatMap((pair) => splitTokens(pair, 'characters')),
        'pairs',
      );
}

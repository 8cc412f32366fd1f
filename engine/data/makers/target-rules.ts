/** Makes targets by rule: what a mapping must say for each input. Rules work on tokens, never on code units. */
import { failure, type Problem, problem, quote, type Result, success } from '../../errors.ts';
import type { Sample, TokenUnit } from '../../model/experiment.ts';
import { listedProblems } from '../check-dataset.ts';
import { dataLimits } from '../limits.ts';
import { checkRange } from '../ranges.ts';
import { joinTokens, splitTokens } from '../tokens.ts';
import { compareCodePoints } from '../vocabulary.ts';

/**
 * For an input x of T tokens, the target y of as many:
 *
 * | rule    | y_t                                            | `abcd` gives    |
 * | ------- | ---------------------------------------------- | --------------- |
 * | copy    | x_t                                            | `abcd`          |
 * | reverse | x_{T−1−t}                                      | `dcba`          |
 * | upper   | x_t in upper case                              | `ABCD`          |
 * | sort    | the tokens by code point                       | of `dbca`: `abcd` |
 * | shift   | x_{(t+by) mod T}; by may be negative           | by 1: `bcda`    |
 * | next    | x_{t+1}; `end` after the last                  | end `.`: `bcd.` |
 * | delay   | x_{t−by}; `fill` for the first `by` steps      | by 2, fill `.`: `..ab` |
 */
export type TargetRule =
  | { kind: 'copy' | 'reverse' | 'upper' | 'sort' }
  | { kind: 'shift'; by: number }
  | { kind: 'next'; end: string }
  | { kind: 'delay'; by: number; fill: string };

/** Applies the rule to tokens. The rule must be sound (`checkTargetRule`). */
export function applyTargetRule(rule: TargetRule, tokens: readonly string[]): string[] {
  const T = tokens.length;
  switch (rule.kind) {
    case 'copy':
      return tokens.slice();
    case 'reverse':
      return tokens.toReversed();
    case 'upper':
      return tokens.map((token) => token.toUpperCase());
    case 'sort':
      return tokens.toSorted(compareCodePoints);
    case 'shift': {
      const by = T === 0 ? 0 : ((rule.by % T) + T) % T;
      return [...tokens.slice(by), ...tokens.slice(0, by)];
    }
    case 'next':
      return T === 0 ? [] : [...tokens.slice(1), rule.end];
    case 'delay': {
      const by = Math.min(rule.by, T);
      return [...new Array<string>(by).fill(rule.fill), ...tokens.slice(0, T - by)];
    }
  }
}

/** Problems of the rule itself: a number out of range, or an `end` or `fill` that is not one token. */
export function checkTargetRule(rule: TargetRule, unit: TokenUnit): Problem[] {
  const most = dataLimits.sampleCharacters;
  switch (rule.kind) {
    case 'shift':
      return checkRange(rule.by, 'rule.by', { whole: true, atLeast: -most, atMost: most });
    case 'next':
      return checkOneToken(rule.end, 'rule.end', unit);
    case 'delay':
      return [
        ...checkRange(rule.by, 'rule.by', { whole: true, atLeast: 0, atMost: most }),
        ...checkOneToken(rule.fill, 'rule.fill', unit),
      ];
    default:
      return [];
  }
}

/**
 * The target of one input, as text. Fails where the rule is not sound, or where the target's text would have another
 * number of tokens than the input: `ß` in upper case is two, and neighbours such as a letter and an accent may merge
 * into one.
 */
export function makeTarget(input: string, rule: TargetRule, unit: TokenUnit): Result<string> {
  const problems = checkTargetRule(rule, unit);
  if (problems.length > 0) return failure(...problems);
  return targetOf(input, rule, unit, 'input');
}

/** Makes a sample of every input. Fails with all problems at once (the first hundred), each with its place. */
export function makeTargets(inputs: readonly string[], rule: TargetRule, unit: TokenUnit): Result<Sample[]> {
  const problems = checkTargetRule(rule, unit);
  if (problems.length > 0) return failure(...problems);
  const samples: Sample[] = [];
  for (let i = 0; i < inputs.length && problems.length < listedProblems; i++) {
    const input = inputs[i]!;
    const target = targetOf(input, rule, unit, `inputs[${i}]`);
    if (target.ok) samples.push({ input, target: target.value });
    else problems.push(...target.problems);
  }
  return problems.length > 0 ? failure(...problems) : success(samples);
}

function targetOf(input: string, rule: TargetRule, unit: TokenUnit, path: string): Result<string> {
  const tokens = splitTokens(input, unit);
  const target = joinTokens(applyTargetRule(rule, tokens), unit);
  const targetTokens = splitTokens(target, unit).length;
  if (targetTokens === tokens.length) return success(target);
  const message = `${path}: input has ${tokens.length} tokens, its target by ${rule.kind} ${quote(target)} has ${targetTokens}; a mapping needs as many`;
  return failure(problem('unequal-length', path, message, { inputTokens: tokens.length, targetTokens }));
}

function checkOneToken(text: string, path: string, unit: TokenUnit): Problem[] {
  if (splitTokens(text, unit).length === 1) return [];
  const message = `${path} is ${quote(text)}; it must be one token`;
  return [problem('not-one-token', path, message, { text })];
}

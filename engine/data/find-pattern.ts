/** Makes a search pattern from plain text, a whole token or a regular expression that is bounded in time. Pure. */
import { failure, type Problem, problem, quote, type Result, success } from '../errors.ts';

export type FindKind = 'plain' | 'token' | 'regex';

export interface Wanted {
  text: string;
  /** token: the text is one token, matched as a whole; a label is one token. */
  kind: FindKind;
  matchCase: boolean;
}

export interface FindPattern {
  /** Finds all matches; flags g and u. */
  all: RegExp;
  /** Matches at lastIndex only; flags y and u. */
  sticky: RegExp;
  /** Cells and lines of more code units than this are not searched. */
  longest: number;
}

/**
 * Limits of regular expressions: code units of the pattern, code units of a cell, and milliseconds after which a
 * search is given up.
 */
export const regexLimits = { pattern: 200, cell: 2000, milliseconds: 2000 };

/** Longest cell, in code units, for a pattern without unbounded repetition. */
const longestOfFinite = 200_000;
/** Most ways in which a pattern may match at one place, apart from its unbounded repetitions. */
const mostWays = 1000;

/**
 * Fails where there is nothing to find, or the pattern is not valid or could take too long. Plain text and tokens
 * are matched literally, whatever characters they have.
 */
export function findPattern({ text, kind, matchCase }: Wanted): Result<FindPattern> {
  if (text === '')
    return failure(problem('find-nothing', 'text', 'there is nothing to find; type what to look for'));
  const isRegex = kind === 'regex';
  const cost = isRegex ? costOf(text) : null;
  const unsafe = cost && unsafeBy(text, cost);
  if (unsafe) return failure(unsafe);
  const source = isRegex ? text : text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const flags = matchCase ? 'u' : 'ui';
  try {
    return success({
      all: new RegExp(source, `g${flags}`),
      sticky: new RegExp(source, `y${flags}`),
      longest: !cost ? Number.POSITIVE_INFINITY : cost.unbounded === 0 ? longestOfFinite : regexLimits.cell,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : String(error);
    const message = `the pattern ${quote(source)} is no regular expression (${reason})`;
    return failure(problem('find-bad-pattern', 'text', message, { pattern: source.slice(0, 40), reason }));
  }
}

interface PatternCost {
  /** Count of repetitions without an upper bound. */
  unbounded: number;
  repeatsGroup: boolean;
  refersBack: boolean;
  /** In how many ways the optional parts, bounded repetitions and alternatives can be combined. */
  ways: number;
}

function costOf(pattern: string): PatternCost {
  const refersBack = /\\[1-9k]/.test(pattern.replaceAll('\\\\', ''));
  const bare = pattern
    .replace(/\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\./gsu, 'x')
    .replace(/\[[^\]]*\]/g, 'x')
    .replace(/\(\?(?:<?[=!]|:|<[^>]*>)/g, '(')
    // A lazy repetition repeats as often as a greedy one.
    .replace(/([*+?}])\?/g, '$1');
  return {
    unbounded: bare.match(/[*+]|\{\d*,\}/g)?.length ?? 0,
    // `(a)?` occurs at most once, so it repeats no group.
    repeatsGroup: /\)[*+{]/.test(bare),
    refersBack,
    ways: waysOf(bare),
  };
}

/** Alternatives add up; parts in sequence multiply. */
function waysOf(bare: string): number {
  const open: { done: number; here: number }[] = [{ done: 0, here: 1 }];
  for (const { 0: sign, 1: least, 2: most } of bare.matchAll(/\{(\d*),(\d+)\}|[()|?]/g)) {
    const level = open.at(-1)!;
    if (sign === '(') open.push({ done: 0, here: 1 });
    else if (sign === ')') {
      if (open.length > 1) open.pop();
      open.at(-1)!.here *= level.done + level.here;
    } else if (sign === '|') {
      level.done += level.here;
      level.here = 1;
    } else level.here *= sign === '?' ? 2 : Math.max(1, Number(most) - Number(least) + 1);
  }
  return open.reduce((ways, { done, here }) => ways * (done + here), 1);
}

/**
 * Why the pattern could take too long; null where it cannot. A backtracking matcher needs unbounded time for nested
 * or many repetitions. A pattern may therefore have at most two unbounded repetitions, none of them of a group, no
 * back reference, and at most `mostWays` choices besides. It then costs at most on the order of n³ steps on a cell
 * of n characters, where n is at most `regexLimits.cell`.
 */
function unsafeBy(pattern: string, cost: PatternCost): Problem | null {
  const why =
    pattern.length > regexLimits.pattern
      ? `has ${pattern.length} characters; at most ${regexLimits.pattern} are taken`
      : cost.repeatsGroup
        ? 'repeats a group; only single characters and classes may be repeated'
        : cost.unbounded > 2
          ? `repeats without end ${cost.unbounded} times; at most 2 are taken`
          : cost.refersBack
            ? 'refers back to a group, which is not taken'
            : cost.ways > mostWays
              ? `can match in ${cost.ways} ways at one place; at most ${mostWays} are taken`
              : null;
  if (why === null) return null;
  return problem('find-unsafe-pattern', 'text', `the pattern ${quote(pattern)} ${why}`, {
    pattern: pattern.slice(0, 40),
  });
}

export function tookTooLong(pattern: string): Problem {
  const seconds = regexLimits.milliseconds / 1000;
  const message = `the pattern ${quote(pattern)} took more than ${seconds} s, and nothing was replaced; a simpler one is needed`;
  return problem('find-too-long', 'text', message, { seconds });
}

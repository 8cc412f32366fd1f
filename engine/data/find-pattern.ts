/** What is looked for as a regular expression that cannot run away: plain text, whole tokens and patterns. Pure. */
import { failure, type Problem, problem, quote, type Result, success } from '../errors.ts';

export type FindKind = 'plain' | 'token' | 'regex';

export interface Wanted {
  text: string;
  /** token: text is one token, matched whole; a label is one. */
  kind: FindKind;
  matchCase: boolean;
}

export interface FindPattern {
  /** Of all matches, flags g and u. */
  all: RegExp;
  /** The same where it is put, flags y and u. */
  sticky: RegExp;
  /** Cells and lines of more code units are not looked through by it. */
  longest: number;
}

/** A longer pattern is not taken, and a search that takes longer is given up. */
export const regexLimits = { pattern: 200, cell: 2000, milliseconds: 2000 };

/** What a pattern that repeats nothing without end looks through at once. */
const longestOfFinite = 200_000;
/** In so many ways a pattern may match at one place, apart from what it repeats without end. */
const mostWays = 1000;

/** Of plain text and tokens, the text itself, whatever characters it has. */
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
  /** Repetitions without an upper bound. */
  unbounded: number;
  repeatsGroup: boolean;
  refersBack: boolean;
  /** In how many ways optional parts, bounded repetitions and alternatives can be taken together. */
  ways: number;
}

function costOf(pattern: string): PatternCost {
  const refersBack = /\\[1-9k]/.test(pattern.replaceAll('\\\\', ''));
  const bare = pattern
    .replace(/\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\./gsu, 'x')
    .replace(/\[[^\]]*\]/g, 'x')
    .replace(/\(\?(?:<?[=!]|:|<[^>]*>)/g, '(')
    // A lazy one repeats as often.
    .replace(/([*+?}])\?/g, '$1');
  return {
    unbounded: bare.match(/[*+]|\{\d*,\}/g)?.length ?? 0,
    // `(a)?` stands once or not at all.
    repeatsGroup: /\)[*+{]/.test(bare),
    refersBack,
    ways: waysOf(bare),
  };
}

/** Alternatives add up; what follows each other multiplies. */
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
 * A backtracking matcher needs time without end for nested or many repetitions: at most two without an upper bound are
 * taken, none of a group, no reference back, and few choices besides. Then a cell of n characters costs at most n³ steps,
 * of few.
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

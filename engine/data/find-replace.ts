/** Find and replace in rows: plain text, whole tokens, or a regular expression that cannot run away. */
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import type { Draft, DraftEdit } from './draft.ts';
import { quote } from './samples.ts';
import { joinTokens, splitTokens } from './tokens.ts';

export interface FindQuery {
  text: string;
  /** token: text is one token, matched whole. */
  kind: 'plain' | 'token' | 'regex';
  matchCase: boolean;
  columns: readonly ('input' | 'target' | 'note')[];
}

export interface Replacement {
  edit: DraftEdit;
  /** Cells that change. */
  cells: number;
}

/** Longer patterns, and cells, are not looked through by a regular expression. */
export const regexLimits = { pattern: 200, cell: 2000, milliseconds: 2000 };

/** The ids of rows with a match, in their order. */
export function findRows(draft: Draft, query: FindQuery, now = () => performance.now()): Result<number[]> {
  const marker = draft.data.tokens === 'spaces' ? ' \u0000 ' : '\u0000';
  const made = createReplace(draft, query, marker, now);
  if (!made.ok) return made;
  const ids: number[] = [];
  for (const [place, row] of draft.rows.entries()) {
    for (const column of query.columns) {
      const found = made.value(row[column], `rows[${place}].${column}`);
      if (!found.ok) return found;
      if (found.value === row[column]) continue;
      ids.push(row.id);
      break;
    }
  }
  return success(ids);
}

/** All matches replaced, as one edit; in a regular expression's replacement $1 and $& mean what they do in JavaScript. */
export function replaceAll(
  draft: Draft,
  query: FindQuery,
  replacement: string,
  now = () => performance.now(),
): Result<Replacement> {
  const made = createReplace(draft, query, replacement, now);
  if (!made.ok) return made;
  const rows: Extract<DraftEdit, { kind: 'rows.change' }>['rows'] = [];
  let cells = 0;
  for (const [place, row] of draft.rows.entries()) {
    const change: Partial<Record<FindQuery['columns'][number], string>> = {};
    for (const column of query.columns) {
      const replaced = made.value(row[column], `rows[${place}].${column}`);
      if (!replaced.ok) return replaced;
      if (replaced.value === row[column]) continue;
      change[column] = replaced.value;
      cells++;
    }
    if (Object.keys(change).length > 0) rows.push({ id: row.id, ...change });
  }
  return success({ edit: { kind: 'rows.change', rows }, cells });
}

type Replace = (text: string, path: string) => Result<string>;

function createReplace(draft: Draft, query: FindQuery, by: string, now: () => number): Result<Replace> {
  const { text, kind, matchCase } = query;
  if (text === '')
    return failure(problem('find-nothing', 'text', 'there is nothing to find; type what to look for'));
  if (kind === 'token') {
    const { tokens: unit } = draft.data;
    const same = (token: string) => (matchCase ? token === text : token.toLowerCase() === text.toLowerCase());
    return success((cell) => {
      const tokens = splitTokens(cell, unit);
      if (!tokens.some(same)) return success(cell);
      return success(
        joinTokens(
          tokens.flatMap((token) => (same(token) ? (by === '' ? [] : [by]) : [token])),
          unit,
        ),
      );
    });
  }
  const source = kind === 'plain' ? text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') : text;
  const unsafe = kind === 'regex' ? unsafeRegex(text) : null;
  if (unsafe) return failure(unsafe);
  const pattern = compile(source, `gu${matchCase ? '' : 'i'}`);
  if (!pattern.ok) return pattern;
  // Of plain text the replacement is plain too.
  const given = kind === 'plain' ? by.replaceAll('$', '$$$$') : by;
  const until = now() + regexLimits.milliseconds;
  return success((cell, path) => {
    if (kind === 'regex') {
      if (cell.length > regexLimits.cell) return failure(tooLong(path, cell.length));
      if (now() > until) {
        const message = `the pattern ${quote(text)} took more than ${regexLimits.milliseconds / 1000} s, and nothing was replaced; a simpler one is needed`;
        return failure(
          problem('find-too-long', 'text', message, { seconds: regexLimits.milliseconds / 1000 }),
        );
      }
    }
    return success(cell.replace(pattern.value, given));
  });
}

function compile(source: string, flags: string): Result<RegExp> {
  try {
    return success(new RegExp(source, flags));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : String(error);
    const message = `the pattern ${quote(source)} is no regular expression (${reason})`;
    return failure(problem('find-bad-pattern', 'text', message, { pattern: source.slice(0, 40), reason }));
  }
}

/**
 * A backtracking matcher needs time without end for nested or many repetitions: at most two without an upper bound are
 * taken, none in a repeated group, and no reference back. Then a cell of n characters costs at most n³ steps, of few.
 */
function unsafeRegex(pattern: string): Problem | null {
  const refersBack = /\\[1-9k]/.test(pattern.replaceAll('\\\\', ''));
  const bare = pattern.replace(/\\./gsu, 'x').replace(/\[[^\]]*\]/g, 'x');
  const unbounded = bare.match(/[*+]|\{\d*,\d*\}/g)?.length ?? 0;
  const why =
    pattern.length > regexLimits.pattern
      ? `has ${pattern.length} characters; at most ${regexLimits.pattern} are taken`
      : /\)[*+{]/.test(bare)
        ? 'repeats a group; only single characters and classes may be repeated'
        : unbounded > 2
          ? `repeats without end ${unbounded} times; at most 2 are taken`
          : refersBack
            ? 'refers back to a group, which is not taken'
            : null;
  if (why === null) return null;
  return problem('find-unsafe-pattern', 'text', `the pattern ${quote(pattern)} ${why}`, {
    pattern: pattern.slice(0, 40),
  });
}

function tooLong(path: string, characters: number): Problem {
  const message = `${path} has ${characters} characters; a regular expression looks through at most ${regexLimits.cell}, find plain text or tokens there`;
  return problem('find-cell-too-long', path, message, { count: characters, limit: regexLimits.cell });
}

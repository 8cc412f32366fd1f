/** Find and replace in rows, by plain text, whole tokens, or a regular expression that is bounded in time. */
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import type { TaskName, TokenUnit } from '../model/experiment.ts';
import type { Draft, DraftEdit, DraftRow } from './draft.ts';
import { findPattern, regexLimits, tookTooLong, type Wanted } from './find-pattern.ts';
import { targetTokens } from './samples.ts';
import { joinTokens, splitTokens } from './tokens.ts';

export type FindColumn = 'input' | 'target' | 'note';

export interface FindQuery extends Wanted {
  columns: readonly FindColumn[];
  /** Ids of the rows to search; absent: all rows. */
  only?: ReadonlySet<number>;
}

/** One match: code units `from` to `to` − 1 of a row's cell. Empty matches do not count. */
export interface FindHit {
  rowId: number;
  /** The row's index, from 0. */
  row: number;
  column: FindColumn;
  from: number;
  to: number;
}

export interface Replacement {
  edit: DraftEdit;
  /** Count of the cells that change. */
  cells: number;
}

/**
 * Matches of rows that were searched already, for the next search with the same query. Rows that an edit does not
 * touch keep their identity, so their matches stay valid.
 */
export interface KnownSpans {
  /** The query that the matches belong to; another query begins anew. */
  key: string;
  rows: WeakMap<DraftRow, (readonly Span[])[]>;
}

export function createKnownSpans(): KnownSpans {
  return { key: '', rows: new WeakMap() };
}

/**
 * All matches: row by row, within a row by the query's columns, within a cell from its start. Uses and extends
 * `known`. Fails for a query that cannot be searched, a cell that is too long for it, or a search that takes too
 * long.
 */
export function findHits(
  draft: Draft,
  query: FindQuery,
  now = () => performance.now(),
  known = createKnownSpans(),
): Result<FindHit[]> {
  const made = createFind(draft, query, now);
  if (!made.ok) return made;
  const { text, kind, matchCase, columns } = query;
  const key = JSON.stringify([text, kind, matchCase, columns, draft.data.task, draft.data.tokens]);
  if (known.key !== key) Object.assign(known, { ...createKnownSpans(), key });
  const hits: FindHit[] = [];
  for (const [row, one] of draft.rows.entries()) {
    if (query.only && !query.only.has(one.id)) continue;
    let spans = known.rows.get(one);
    if (!spans) {
      const found = spansOfRow(made.value, one, columns, row);
      if (!found.ok) return found;
      spans = found.value;
      known.rows.set(one, spans);
    }
    for (let i = 0; i < columns.length; i++) {
      for (const { from, to } of spans[i]!) hits.push({ rowId: one.id, row, column: columns[i]!, from, to });
    }
  }
  return success(hits);
}

const noSpans: readonly Span[] = [];

/** The matches in each column of the row. */
function spansOfRow(
  find: Find,
  row: DraftRow,
  columns: readonly FindColumn[],
  place: number,
): Result<(readonly Span[])[]> {
  const all: (readonly Span[])[] = [];
  for (const column of columns) {
    const found = find.spans(row[column], column, `rows[${place}].${column}`);
    if (!found.ok) return found;
    all.push(found.value.length > 0 ? found.value : noSpans);
  }
  return success(all);
}

/**
 * Replaces all matches, as one edit. In a regular expression's replacement, $1 and $& mean what they mean in
 * JavaScript.
 */
export function replaceAll(
  draft: Draft,
  query: FindQuery,
  replacement: string,
  now = () => performance.now(),
): Result<Replacement> {
  const made = createFind(draft, query, now);
  if (!made.ok) return made;
  const rows: Extract<DraftEdit, { kind: 'rows.change' }>['rows'] = [];
  let cells = 0;
  for (const [place, row] of draft.rows.entries()) {
    if (query.only && !query.only.has(row.id)) continue;
    const change: Partial<Record<FindColumn, string>> = {};
    for (const column of query.columns) {
      const found = made.value.spans(row[column], column, `rows[${place}].${column}`);
      if (!found.ok) return found;
      if (found.value.length === 0) continue;
      const replaced = made.value.replace(row[column], column, found.value, replacement);
      if (replaced === row[column]) continue;
      change[column] = replaced;
      cells++;
    }
    if (Object.keys(change).length > 0) rows.push({ id: row.id, ...change });
  }
  return success({ edit: { kind: 'rows.change', rows }, cells });
}

/** Replaces one match; `hit` must be of this draft. */
export function replaceHit(
  draft: Draft,
  query: FindQuery,
  hit: FindHit,
  replacement: string,
): Result<Replacement> {
  const made = createFind(draft, query, () => 0);
  if (!made.ok) return made;
  const row = draft.rows[hit.row];
  if (row?.id !== hit.rowId) throw new Error(`row ${hit.rowId} does not stand at ${hit.row} of the draft`);
  const text = made.value.replace(row[hit.column], hit.column, [hit], replacement);
  const changes = text !== row[hit.column];
  const rows = changes ? [{ id: row.id, [hit.column]: text }] : [];
  return success({ edit: { kind: 'rows.change', rows }, cells: rows.length });
}

/** Indices of the tokens, from 0, that the hits of this cell overlap. */
export function tokensOfHits(
  row: DraftRow,
  column: 'input' | 'target',
  data: { task: TaskName; tokens: TokenUnit },
  hits: readonly Span[],
): Set<number> {
  const found = new Set<number>();
  if (hits.length === 0) return found;
  for (const [i, span] of tokenSpans(row[column], column, data).entries()) {
    if (hits.some(({ from, to }) => from < span.to && to > span.from)) found.add(i);
  }
  return found;
}

interface Span {
  from: number;
  to: number;
}

interface Find {
  spans(text: string, column: FindColumn, path: string): Result<Span[]>;
  /** The cell with these of its matches replaced. */
  replace(text: string, column: FindColumn, spans: readonly Span[], by: string): string;
}

type CellTokens = { task: TaskName; tokens: TokenUnit };

function cellTokens(text: string, column: FindColumn, { task, tokens }: CellTokens): string[] {
  return column === 'target' && task !== 'shapes'
    ? targetTokens(text, task, tokens)
    : splitTokens(text, tokens);
}

function tokenSpans(text: string, column: FindColumn, data: CellTokens): Span[] {
  let at = 0;
  return cellTokens(text, column, data).map((token) => {
    const from = text.indexOf(token, at);
    at = from + token.length;
    return { from, to: at };
  });
}

function createFind(draft: Draft, query: FindQuery, now: () => number): Result<Find> {
  const { text, kind } = query;
  if (text === '')
    return failure(problem('find-nothing', 'text', 'there is nothing to find; type what to look for'));
  return kind === 'token' ? success(findTokens(draft.data, query)) : findMatches(query, now);
}

function findTokens(data: CellTokens, { text: wanted, matchCase }: FindQuery): Find {
  const lower = wanted.toLowerCase();
  const same = (token: string) => (matchCase ? token === wanted : token.toLowerCase() === lower);
  const isIn = (text: string) => (matchCase ? text.includes(wanted) : text.toLowerCase().includes(lower));
  return {
    spans: (text, column) =>
      success(
        isIn(text) ? tokenSpans(text, column, data).filter(({ from, to }) => same(text.slice(from, to))) : [],
      ),
    replace(text, column, spans, by) {
      // Removing a token removes the white space beside it, too.
      if (by === '' && data.tokens === 'spaces' && !(column === 'target' && data.task === 'label')) {
        const gone = new Set(spans.map(({ from }) => from));
        const left = tokenSpans(text, column, data).filter(({ from }) => !gone.has(from));
        return joinTokens(
          left.map(({ from, to }) => text.slice(from, to)),
          data.tokens,
        );
      }
      return withSpans(text, spans, () => by);
    },
  };
}

function findMatches(wanted: FindQuery, now: () => number): Result<Find> {
  const { text, kind } = wanted;
  const made = findPattern(wanted);
  if (!made.ok) return made;
  const { all, sticky, longest } = made.value;
  const until = now() + regexLimits.milliseconds;
  return success({
    spans(cell, _, path) {
      if (kind === 'regex') {
        if (cell.length > longest) return failure(tooLong(path, cell.length, longest));
        if (now() > until) return failure(tookTooLong(text));
      }
      const spans: Span[] = [];
      for (const { 0: found, index } of cell.matchAll(all)) {
        if (found !== '') spans.push({ from: index, to: index + found.length });
      }
      return success(spans);
    },
    replace: (cell, _, spans, by) =>
      withSpans(cell, spans, ({ from, to }) => {
        // The replacement of plain text is plain, too.
        if (kind === 'plain') return by;
        // The match is repeated where it stands, so that look-behind and look-ahead see what is around it.
        sticky.lastIndex = from;
        const whole = cell.replace(sticky, by);
        return whole.slice(from, whole.length - (cell.length - to));
      }),
  });
}

function withSpans(text: string, spans: readonly Span[], by: (span: Span) => string): string {
  let at = 0;
  const parts = spans.map((span) => {
    const part = text.slice(at, span.from) + by(span);
    at = span.to;
    return part;
  });
  return parts.join('') + text.slice(at);
}

function tooLong(path: string, characters: number, longest: number): Problem {
  const message = `${path} has ${characters} characters; this pattern looks through at most ${longest}, find plain text or tokens there`;
  return problem('find-cell-too-long', path, message, { count: characters, limit: longest });
}

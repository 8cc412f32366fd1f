import type { DraftRow } from '../../../engine/data/draft.ts';
import type { SampleProblem, SequenceTask } from '../../../engine/data/samples.ts';
import { targetTokens } from '../../../engine/data/samples.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import type { TaskName, TokenUnit } from '../../../engine/model/experiment.ts';

export interface Cell {
  token: string;
  kind: 'input' | 'target' | 'unknown' | 'missing';
}

export interface RowCells {
  input: Cell[];
  target: Cell[];
  /** Tokens of each line that there is no room for. */
  hidden: { input: number; target: number };
}

/**
 * A row as cells, at most `room` of each line: input over target, with what is wrong marked in its cell. Where one
 * side of a mapping lacks tokens, cells with a question mark stand in for them.
 */
export function rowCells(
  row: DraftRow,
  problems: readonly SampleProblem[],
  data: { task: TaskName; tokens: TokenUnit },
  room: number,
): RowCells {
  const input = splitTokens(row.input, data.tokens);
  const target =
    data.task === 'shapes' ? [] : targetTokens(row.target, data.task as SequenceTask, data.tokens);
  const unknown = (field: 'input' | 'target') =>
    new Set(
      problems
        .filter((p) => p.field === field && p.problem.code === 'unknown-token')
        .map((p) => p.tokenIndex),
    );
  const cells = (tokens: string[], kind: 'input' | 'target') => {
    const marked = unknown(kind);
    return tokens.slice(0, room).map((token, t): Cell => ({ token, kind: marked.has(t) ? 'unknown' : kind }));
  };
  const beyond = (tokens: string[]) => Math.max(0, tokens.length - room);
  const hidden = { input: beyond(input), target: beyond(target) };
  const made = { input: cells(input, 'input'), target: cells(target, 'target'), hidden };
  if (problems.some((p) => p.problem.code === 'unequal-length')) {
    const short = input.length < target.length ? made.input : made.target;
    const length = Math.min(room, Math.max(input.length, target.length));
    while (short.length < length) short.push({ token: '?', kind: 'missing' });
  }
  return made;
}

/** `5`, or `4 / 3` where the lengths differ; of a label only the input's. */
export function lengthText(row: DraftRow, data: { task: TaskName; tokens: TokenUnit }): string {
  const input = splitTokens(row.input, data.tokens).length;
  if (data.task !== 'mapping') return String(input);
  const target = splitTokens(row.target, data.tokens).length;
  return input === target ? String(input) : `${input} / ${target}`;
}

/** Width of a token's cell in px: words need more room than characters. */
export function cellWidth(unit: TokenUnit): number {
  return unit === 'spaces' ? 64 : 30;
}

/** How many cells of a line fit beside the mark of what does not. */
export function cellRoom(columnPx: number, unit: TokenUnit): number {
  return Math.max(1, Math.floor((columnPx - 14) / (cellWidth(unit) + 2)));
}

import type { DraftRow } from '../../../engine/data/draft.ts';
import type { SampleProblem, SequenceTask } from '../../../engine/data/samples.ts';
import { targetTokens } from '../../../engine/data/samples.ts';
import { splitTokens } from '../../../engine/data/tokens.ts';
import type { TaskName, TokenUnit } from '../../../engine/model/experiment.ts';

export interface Cell {
  token: string;
  kind: 'input' | 'target' | 'unknown' | 'missing';
}

/** The drawn cells of a line, and how many cells are on either side of them. */
export interface LineCells {
  cells: Cell[];
  /** The index of the first drawn cell in its line, from 0. */
  from: number;
  before: number;
  after: number;
}

export interface RowCells {
  input: LineCells;
  target: LineCells;
}

type CellData = { task: TaskName; tokens: TokenUnit };

/**
 * The cells of a row's two lines within the window: input over target, with problems marked in their cells.
 * Where one side of a mapping is too short, cells with a question mark fill it up. A label does not scroll.
 */
export function rowCells(
  row: DraftRow,
  problems: readonly SampleProblem[],
  data: CellData,
  { offset, room }: { offset: number; room: number },
): RowCells {
  const { input, target } = rowTokens(row, data);
  const unequal = problems.some(({ problem }) => problem.code === 'unequal-length');
  const length = unequal ? Math.max(input.length, target.length) : 0;
  const line = (tokens: readonly string[], kind: 'input' | 'target'): LineCells => {
    const from = kind === 'target' && data.task === 'label' ? 0 : offset;
    const unknown = unknownPlaces(problems, kind);
    const cells = tokens.slice(from, from + room).map((token, i): Cell => {
      return { token, kind: unknown.has(from + i) ? 'unknown' : kind };
    });
    for (let place = from + cells.length; place < Math.min(length, from + room); place++) {
      if (place >= tokens.length) cells.push({ token: '?', kind: 'missing' });
    }
    const all = Math.max(length, tokens.length);
    return { cells, from, before: Math.min(from, all), after: Math.max(0, all - from - room) };
  };
  return { input: line(input, 'input'), target: line(target, 'target') };
}

function unknownPlaces(problems: readonly SampleProblem[], field: 'input' | 'target'): Set<number | null> {
  const unknown = problems.filter((one) => one.field === field && one.problem.code === 'unknown-token');
  return new Set(unknown.map(({ tokenIndex }) => tokenIndex));
}

/** Rows longer than this many characters are cut once, not again each time the columns scroll. */
const LONG = 400;
const cut = new WeakMap<DraftRow, { input: string[]; target: string[]; task: TaskName; unit: TokenUnit }>();

export function rowTokens(
  row: DraftRow,
  { task, tokens: unit }: CellData,
): { input: string[]; target: string[] } {
  const known = cut.get(row);
  if (known?.task === task && known.unit === unit) return known;
  const made = {
    input: splitTokens(row.input, unit),
    target: task === 'shapes' ? [] : targetTokens(row.target, task as SequenceTask, unit),
  };
  if (row.input.length + row.target.length > LONG) cut.set(row, { ...made, task, unit });
  return made;
}

export interface Spot {
  field: 'input' | 'target';
  /** The token's index in its line, from 0. */
  token: number;
}

/**
 * The places in a row that deserve a look, from left to right: problems, search hits, and in a mapping the
 * starts of stretches in which the target differs from the input. Each column counts once.
 */
export function spotsOf(
  row: DraftRow,
  problems: readonly SampleProblem[],
  found: { input: ReadonlySet<number>; target: ReadonlySet<number> },
  data: CellData,
): Spot[] {
  const spots = new Map<number, Spot>();
  const add = (field: Spot['field'], token: number) => {
    if (!spots.has(token)) spots.set(token, { field, token });
  };
  for (const { field, tokenIndex } of problems) if (tokenIndex !== null) add(field, tokenIndex);
  for (const token of found.input) add('input', token);
  if (data.task !== 'label') for (const token of found.target) add('target', token);
  if (data.task === 'mapping') {
    const { input, target } = rowTokens(row, data);
    let same = true;
    for (let t = 0; t < Math.min(input.length, target.length); t++) {
      if (same && input[t] !== target[t]) add('target', t);
      same = input[t] === target[t];
    }
  }
  return [...spots.values()].sort((a, b) => a.token - b.token);
}

/** `5`, or `4 / 3` where the lengths of a mapping differ; otherwise only the input's length. */
export function lengthText(row: DraftRow, data: CellData): string {
  const { input, target } = rowTokens(row, data);
  if (data.task !== 'mapping' || input.length === target.length) return String(input.length);
  return `${input.length} / ${target.length}`;
}

/** The width of a token's cell in px: words need more room than characters. */
export function cellWidth(unit: TokenUnit): number {
  return unit === 'spaces' ? 64 : 30;
}

/** How many cells of a line fit beside the mark for the rest. */
export function cellRoom(columnPx: number, unit: TokenUnit): number {
  return Math.max(1, Math.floor((columnPx - 14) / (cellWidth(unit) + 2)));
}

/** Edits that fit a draft, made from numbers that a property test draws. */
import fc from 'fast-check';
import type { Draft, DraftEdit, DraftRow } from '../../../engine/data/draft.ts';

/** A sequence of draws; each call of `below(n)` gives the next number from 0 to n − 1. */
export interface Draws {
  below(limit: number): number;
}

export const someDraws: fc.Arbitrary<number[]> = fc.array(fc.nat(), { minLength: 12, maxLength: 40 });

export function drawFrom(numbers: number[]): Draws {
  let at = 0;
  return { below: (limit) => (numbers.length === 0 ? 0 : numbers[at++ % numbers.length]! % limit) };
}

const texts = [
  '',
  'hello',
  'ohlol',
  'naïve',
  '👩‍🚀é床',
  'two words',
  'quote \' and " and \\',
  '\n\t',
  '\u0000',
];
const pick = <T>(draws: Draws, from: readonly T[]): T => from[draws.below(from.length)]!;

/** An edit of any kind that the draft can take. */
export function makeEdit(draft: Draft, draws: Draws, depth = 2): DraftEdit {
  const { rows } = draft;
  switch (draws.below(rows.length === 0 ? 7 : 13)) {
    case 0:
      return { kind: 'name', name: pick(draws, texts) };
    case 1:
      return {
        kind: 'data',
        patch: {
          vocabulary: texts.slice(0, draws.below(texts.length)),
          vocabularyFrozen: draws.below(2) === 0,
          text: pick(draws, texts).repeat(draws.below(50)),
        },
      };
    case 2:
      return {
        kind: 'model',
        patch: { hiddenSize: draws.below(64), initialState: { values: [[0.1, -0.2]] } },
      };
    case 3: {
      // Edits may not begin or end within a surrogate pair.
      const places = [...draft.data.text.matchAll(/(?:)/gu)].map(({ index }) => index);
      const [from = 0, to = from] = [pick(draws, places), pick(draws, places)].sort((a, b) => a - b);
      return { kind: 'text', changes: [{ at: from, remove: to - from, insert: pick(draws, texts) }] };
    }
    case 12:
      return {
        kind: 'training',
        patch: {
          epochs: draws.below(1000),
          optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0 },
          scheduler: { name: 'step', stepSize: 1 + draws.below(5), gamma: 0.5 },
        },
      };
    case 4: {
      const data = [Math.fround(0.1), -1.5e-42];
      return {
        kind: 'initialWeights',
        weights: draws.below(2) ? { 'rnn.weight_ih_l0': { shape: [2], data } } : null,
      };
    }
    case 5:
      return { kind: 'rows.insert', at: draws.below(rows.length + 1), rows: newRows(draft, draws, 4) };
    case 6:
      if (depth > 0) return makeSeveral(draft, draws, depth);
      return { kind: 'rows.insert', at: 0, rows: newRows(draft, draws, 1) };
    case 7:
      return { kind: 'rows.remove', ids: someIds(rows, draws) };
    case 8:
      return {
        kind: 'rows.change',
        rows: someIds(rows, draws).map((id) => ({ id, input: pick(draws, texts), note: pick(draws, texts) })),
      };
    case 9: {
      let at = -1;
      const places = newRows(draft, draws, 3).map((row, index) => {
        at = Math.min(at + 1 + draws.below(3), rows.length + index);
        return { at, row };
      });
      return { kind: 'rows.restore', places };
    }
    case 10: {
      const ids = rows.map(({ id }) => id);
      const from = draws.below(ids.length);
      return { kind: 'rows.order', ids: [...ids.slice(from).reverse(), ...ids.slice(0, from)] };
    }
    default:
      return { kind: 'rows.move', id: pick(draws, rows).id, to: draws.below(rows.length) };
  }
}

/** Several edits in one step, each made for the draft that the earlier ones leave. */
function makeSeveral(draft: Draft, draws: Draws, depth: number): DraftEdit {
  const first = newRows(draft, draws, 2);
  const others = draft.rows.length > 0 ? [makeEdit(draft, draws, depth - 1)] : [];
  // Inserted rows come last, so that the first edit finds the draft that it was made for.
  const clash = new Set(idsIn(others));
  const free = first.filter(({ id }) => !clash.has(id));
  return { kind: 'all', edits: [...others, { kind: 'rows.insert', at: 0, rows: free }] };
}

function idsIn(edits: DraftEdit[]): number[] {
  return edits.flatMap((edit) => {
    if (edit.kind === 'rows.insert') return edit.rows.map(({ id }) => id);
    if (edit.kind === 'rows.restore') return edit.places.map(({ row }) => row.id);
    return edit.kind === 'all' ? idsIn(edit.edits) : [];
  });
}

function newRows(draft: Draft, draws: Draws, most: number): DraftRow[] {
  const next = draft.rows.reduce((highest, { id }) => Math.max(highest, id), 0) + 1;
  return Array.from({ length: 1 + draws.below(most) }, (_, index) => ({
    id: next + index,
    input: pick(draws, texts),
    target: pick(draws, texts),
    split: pick(draws, ['train', 'validation', 'off'] as const),
    note: pick(draws, texts),
  }));
}

function someIds(rows: readonly DraftRow[], draws: Draws): number[] {
  const ids = rows.filter(() => draws.below(3) === 0).map(({ id }) => id);
  return ids.length > 0 ? ids : [pick(draws, rows).id];
}

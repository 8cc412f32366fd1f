/** The whole text as one strip: where its streams are, and which parts are visible or contain hits. Pure. */
import type { TextHits } from '../../../../engine/data/find-text.ts';
import { streamName, type TextCuts } from './text-cuts.ts';

export interface StripBand {
  kind: 'stream' | 'unused' | 'held';
  /** Shares of the text's tokens, from 0 to 1. */
  from: number;
  to: number;
  isOdd: boolean;
  name: string | null;
}

/** More bands than this would be too thin to tell apart; they are drawn as one. */
const mostBands = 120;

export function stripBands({ trained, held, streams, steps }: TextCuts): StripBand[] {
  const all = trained + held;
  if (all === 0) return [];
  const bands: StripBand[] = [];
  const add = (kind: StripBand['kind'], from: number, to: number, stream: number | null = null) => {
    if (to > from) {
      const isOdd = stream !== null && stream % 2 === 1;
      bands.push({
        kind,
        from: from / all,
        to: to / all,
        isOdd,
        name: stream === null ? null : streamName(stream),
      });
    }
  };
  if (streams <= mostBands) for (let b = 0; b < streams; b++) add('stream', b * steps, (b + 1) * steps, b);
  else add('stream', 0, streams * steps);
  add('unused', streams * steps, trained);
  add('held', trained, all);
  return bands;
}

/** The rows of a strip of `rows` rows that contain a hit, each once. */
export function hitRows(hits: TextHits, characters: number, rows: number): number[] {
  const found: number[] = [];
  for (let row = 0; row < rows; row++) {
    const first = hits.after(Math.floor((row * characters) / rows));
    if (first < hits.count && hits.from(first) < ((row + 1) * characters) / rows) found.push(row);
  }
  return found;
}

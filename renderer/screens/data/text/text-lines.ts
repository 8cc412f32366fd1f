/** A text in lines as a window of so many columns shows it, each a stretch of tokens. Pure. */
import type { TextTokens } from '../../../../engine/data/text-tokens.ts';

export interface TextLines {
  /** How many there are. */
  count: number;
  /** The first token of each. */
  starts: Uint32Array; // [count + 1], the last one is N
  /** The line of the text, from 1, that each belongs to; a line that is wrapped has several. */
  numbers: Uint32Array; // [count]
}

/** Beyond so many, the browser cannot scroll; what comes after them is not shown. */
export const mostLines = 1_000_000;

/** Wide characters (CJK, kana, Hangul, full width) take two columns. */
export function columnsOf(token: string): number {
  const code = token.codePointAt(0) ?? 0;
  return code >= 0x1100 && (code <= 0x115f || (code >= 0x2e80 && code <= 0xffe6)) ? 2 : code > 0xffff ? 2 : 1;
}

export function breakLines(tokens: TextTokens, columns: number): TextLines {
  const starts: number[] = [0];
  const numbers: number[] = [1];
  const { text, unit, count } = tokens;
  let used = 0;
  let line = 1;
  /** The first token after the last space of this line, and the columns before it: where a line is best broken. */
  let afterSpace = 0;
  let usedBefore = 0;
  const begin = (i: number) => {
    starts.push(i);
    numbers.push(line);
    used = 0;
    afterSpace = i;
  };
  const wrap = (i: number, wide: number) => {
    if (used === 0 || used + wide <= columns) return;
    const kept = used - usedBefore;
    const atSpace = afterSpace > starts.at(-1)! && afterSpace <= i && kept + wide <= columns / 2;
    begin(atSpace ? afterSpace : i);
    if (atSpace) used = kept;
  };
  for (let i = 0; i < count && starts.length <= mostLines; i++) {
    const from = tokens.startOf(i);
    const first = text.charCodeAt(from);
    if (unit === 'characters') {
      const wide = first < 0x1100 ? 1 : columnsOf(text.slice(from, from + 2));
      wrap(i, wide);
      used += wide;
      if (first === 32) {
        afterSpace = i + 1;
        usedBefore = used;
      } else if (first === 10 || first === 13) {
        line += 1;
        if (i + 1 < count) begin(i + 1);
      }
    } else {
      const length = tokens.endOf(i) - from;
      if (used > 0 && used + length > columns) begin(i);
      used += length + 1;
      const breaks = i + 1 < count ? lineFeeds(text, tokens.endOf(i), tokens.startOf(i + 1)) : 0;
      line += breaks;
      if (breaks > 0) begin(i + 1);
    }
  }
  if (starts.length > mostLines) starts.length = numbers.length = mostLines;
  const end = starts.length === mostLines ? starts.at(-1)! : count;
  return {
    count: numbers.length,
    starts: Uint32Array.from(starts.concat(end)),
    numbers: Uint32Array.from(numbers),
  };
}

function lineFeeds(text: string, from: number, to: number): number {
  let found = 0;
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === 10) found += 1;
  return found;
}

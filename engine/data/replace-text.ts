/** Replaces what was found in a text, as changes of the text, in slices of time. Pure. */
import { findPattern, type Wanted } from './find-pattern.ts';
import { lineAround, type TextHits } from './find-text.ts';
import type { TextChange } from './text-changes.ts';
import type { TextTokens } from './text-tokens.ts';

export interface TextReplace {
  /** The changes so far, in order, without those that change nothing. */
  readonly changes: readonly TextChange[];
  /** Goes on until the clock reaches `until`; returns whether there is more to do. */
  step(until: number): boolean;
}

/**
 * Replaces matches `first` to `end` − 1 of a finished search for `wanted`. In a regular expression's replacement, $1
 * and $& mean what they mean in JavaScript. Removing a word removes the blanks after it, too.
 */
export function createTextReplace(
  tokens: TextTokens,
  wanted: Wanted,
  hits: TextHits,
  by: string,
  { first = 0, end = hits.count, now = () => performance.now() } = {},
): TextReplace {
  const made = findPattern(wanted);
  if (!made.ok) throw new Error(`nothing can be found by ${JSON.stringify(wanted)}`);
  const { sticky } = made.value;
  const { text } = tokens;
  const takesBlanks = wanted.kind === 'token' && by === '' && tokens.unit === 'spaces';
  const changes: TextChange[] = [];
  const changeOf = (from: number, to: number): TextChange => {
    if (wanted.kind === 'regex') {
      // The match is repeated where it stands, so that look-behind and look-ahead see what is around it.
      const around = lineAround(text, from);
      const line = text.slice(around.from, around.to);
      sticky.lastIndex = from - around.from;
      const whole = line.replace(sticky, by);
      return {
        at: from,
        remove: to - from,
        insert: whole.slice(from - around.from, whole.length - (around.to - to)),
      };
    }
    return takesBlanks
      ? withBlanks(text, from, to, changes.at(-1))
      : { at: from, remove: to - from, insert: by };
  };
  let at = first;
  return {
    changes,
    step(until) {
      while (at < end) {
        const change = changeOf(hits.from(at), hits.to(at));
        const old = text.slice(change.at, change.at + change.remove);
        if (old !== change.insert) changes.push(change);
        at++;
        if (at % 256 === 0 && now() >= until) break;
      }
      return at < end;
    },
  };
}

/**
 * Removes a word with the blanks after it; at the end of a line, with the blanks before it that no other change has
 * removed.
 */
function withBlanks(text: string, from: number, to: number, last: TextChange | undefined): TextChange {
  const isBlank = (i: number) => text[i] === ' ' || text[i] === '\t';
  let end = to;
  while (isBlank(end)) end++;
  let start = from;
  const free = last ? last.at + last.remove : 0;
  if (end === to) while (start > free && isBlank(start - 1)) start--;
  return { at: start, remove: end - start, insert: '' };
}

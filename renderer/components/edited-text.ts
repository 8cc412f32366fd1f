/**
 * What a multi-line field shows of a text: it knows one line break, LF (the "API value" of HTML's textarea), and
 * would give CR and CR LF back as that.
 */
export function asFieldShows(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/**
 * The text that was meant by what stands in its field now. Untouched: the same text, byte for byte. Else what was typed
 * takes the place of what differs, and line breaks before and after it stay as they were.
 */
export function editedText(before: string, inField: string): string {
  const shown = asFieldShows(before);
  const typed = asFieldShows(inField);
  if (typed === shown) return before;
  if (shown === before) return typed;
  const shorter = Math.min(shown.length, typed.length);
  let head = 0;
  while (head < shorter && shown[head] === typed[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && shown.at(-1 - tail) === typed.at(-1 - tail)) tail += 1;
  const joined =
    before.slice(0, placeIn(before, head)) +
    typed.slice(head, typed.length - tail) +
    before.slice(placeIn(before, shown.length - tail));
  // A CR that now stands before an LF would be one line break with it.
  return asFieldShows(joined) === typed ? joined : typed;
}

/** The place in the text itself of the character that the field shows at `place`. */
function placeIn(text: string, place: number): number {
  let at = 0;
  for (let shown = 0; shown < place; shown += 1) at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
  return at;
}

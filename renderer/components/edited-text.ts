/**
 * What a multi-line field shows of a text. HTML's textarea knows one line break, LF (its "API value"), and
 * gives CR and CR LF back as LF.
 */
export function asFieldShows(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/**
 * The text that the user meant by the field's contents. If nothing changed, this is the old text, byte for
 * byte. Otherwise the typed part replaces what differs, and the line breaks before and after it stay as
 * they were.
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
  // A CR that has come to stand before an LF would form one line break with it.
  return asFieldShows(joined) === typed ? joined : typed;
}

/** The index in the text of the character that the field shows at `place`. */
function placeIn(text: string, place: number): number {
  let at = 0;
  for (let shown = 0; shown < place; shown += 1) at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
  return at;
}

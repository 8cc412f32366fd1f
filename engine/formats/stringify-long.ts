/**
 * JSON of values that contain long lists or texts, such as a hundred thousand rows or ten megabytes of text. The
 * result is that of `JSON.stringify`, which grows one string in place; once that string contains a character beyond
 * Latin-1, this takes several times as long as short pieces that are joined once at the end.
 */

/** Items of a long list that are written together. */
const pieceItems = 100;
/** Deeper values are small: an edit's rows stand four levels deep in a message. */
const deepest = 6;

/** Writes plain data, as `JSON.parse` gives it; values may also be undefined. */
export function stringifyLong(value: unknown): string {
  const pieces: string[] = [];
  write(value, 0, pieces);
  return pieces.join('');
}

function write(value: unknown, depth: number, pieces: string[]): void {
  if (typeof value !== 'object' || value === null || depth > deepest || 'toJSON' in value) {
    pieces.push(JSON.stringify(value) ?? 'null');
    return;
  }
  if (Array.isArray(value)) {
    writeList(value, depth, pieces);
    return;
  }
  let before = '{';
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    pieces.push(before, JSON.stringify(key), ':');
    write(part, depth + 1, pieces);
    before = ',';
  }
  pieces.push(before === '{' ? '{}' : '}');
}

function writeList(list: unknown[], depth: number, pieces: string[]): void {
  let before = '[';
  if (list.length <= pieceItems) {
    for (const item of list) {
      pieces.push(before);
      write(item, depth + 1, pieces);
      before = ',';
    }
  } else {
    for (let from = 0; from < list.length; from += pieceItems) {
      const piece = JSON.stringify(list.slice(from, from + pieceItems));
      pieces.push(before, piece.slice(1, -1));
      before = ',';
    }
  }
  pieces.push(before === '[' ? '[]' : ']');
}

/** How findings of an import are written. Pure. */
import type { EncodingCandidate, EncodingName } from '../../../../engine/formats/importing/encodings.ts';
import type { Separator } from '../../../../engine/formats/importing/tables.ts';

/** As they are called everywhere; GB18030 is what GBK grew into, and reads all of it. */
export const encodingTitles: Record<EncodingName, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  gb18030: 'GBK',
  big5: 'Big5',
  shift_jis: 'Shift_JIS',
  'windows-1252': 'Windows-1252',
};

/** Names of formats, the same in every language. */
export const jsonTitles = { json: 'JSON', 'json-lines': 'JSON Lines' } as const;

export const separatorSigns: Record<Separator, string> = { ',': ',', ';': ';', '\t': '⇥', '|': '|' };

/** Encodings worth showing: the chosen, UTF-8, and the likeliest. */
export function shownEncodings(
  candidates: readonly EncodingCandidate[],
  chosen: EncodingName,
  all: boolean,
): EncodingCandidate[] {
  if (all) return candidates.slice();
  return candidates.filter(({ encoding }, i) => encoding === chosen || encoding === 'utf-8' || i < 4);
}

/**
 * The first line of a decoded text by which encodings can be told apart, at most so long: one with more than ASCII, else
 * the first that has something in it.
 */
export function firstLine(text: string, most = 40): string {
  const lines = text.split(/\r\n?|\n/).filter((one) => one.trim() !== '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
  const line = lines.find((one) => /[^\x00-\x7f]/.test(one)) ?? lines[0] ?? '';
  const characters = Array.from(line);
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : line;
}

/** A, B, … Z, AA: what a column without a name is called. */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

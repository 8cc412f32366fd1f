/** How the findings of an import are written. Pure. */
import type { EncodingCandidate, EncodingName } from '../../../../engine/formats/importing/encodings.ts';
import type { Separator } from '../../../../engine/formats/importing/tables.ts';

/** The common names of the encodings. GB18030 extends GBK and reads all of it. */
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

/** The encodings worth showing: the chosen one, UTF-8, and the four likeliest. */
export function shownEncodings(
  candidates: readonly EncodingCandidate[],
  chosen: EncodingName,
  all: boolean,
): EncodingCandidate[] {
  if (all) return candidates.slice();
  return candidates.filter(({ encoding }, i) => encoding === chosen || encoding === 'utf-8' || i < 4);
}

/**
 * The line of a decoded text that tells encodings apart, cut to `most` characters: the first line with a
 * character outside ASCII, else the first that is not blank.
 */
export function firstLine(text: string, most = 40): string {
  const lines = text.split(/\r\n?|\n/).filter((one) => one.trim() !== '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
  const line = lines.find((one) => /[^\x00-\x7f]/.test(one)) ?? lines[0] ?? '';
  const characters = Array.from(line);
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : line;
}

/** The name of a column without one: A, B, … Z, AA. */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

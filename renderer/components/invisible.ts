/** Characters without ink: their signs, names and code points. The one list, for cells and for texts. */

/** Spaces other than U+0020, including the tab; source text of a character class. */
export const oddSpaces = '\\t\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000';
/** Marks without width that a text can lose and still read the same. */
export const withoutWidth =
  '\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufeff';
/** Emoji and the Persian and Indian scripts are spelt with these. */
const joiners = '\\u200c\\u200d';
const others = '\\0-\\x20\\x7f-\\x9f\\u2028\\u2029';

/** Control characters, all spaces and characters without width; CR LF counts as one. */
export const inkless = new RegExp(`(\\r\\n|[${others}${oddSpaces}${withoutWidth}${joiners}])`, 'u');

const named: Record<string, { sign: string; name: string }> = {
  '\r\n': { sign: '↩⏎', name: 'CARRIAGE RETURN, LINE FEED' },
  '\n': { sign: '⏎', name: 'LINE FEED' },
  '\r': { sign: '↩', name: 'CARRIAGE RETURN' },
  '\t': { sign: '⇥', name: 'TAB' },
  ' ': { sign: '·', name: 'SPACE' },
  '\u00a0': { sign: 'NB', name: 'NO-BREAK SPACE' },
  '\u00ad': { sign: 'SHY', name: 'SOFT HYPHEN' },
  '\u061c': { sign: 'ALM', name: 'ARABIC LETTER MARK' },
  '\u200b': { sign: 'ZW', name: 'ZERO WIDTH SPACE' },
  '\u200c': { sign: 'ZNJ', name: 'ZERO WIDTH NON-JOINER' },
  '\u200d': { sign: 'ZJ', name: 'ZERO WIDTH JOINER' },
  '\u200e': { sign: 'LR', name: 'LEFT-TO-RIGHT MARK' },
  '\u200f': { sign: 'RL', name: 'RIGHT-TO-LEFT MARK' },
  '\u2028': { sign: 'LS', name: 'LINE SEPARATOR' },
  '\u2029': { sign: 'PS', name: 'PARAGRAPH SEPARATOR' },
  '\u202f': { sign: 'NNB', name: 'NARROW NO-BREAK SPACE' },
  '\u2060': { sign: 'WJ', name: 'WORD JOINER' },
  '\u3000': { sign: 'IS', name: 'IDEOGRAPHIC SPACE' },
  '\ufeff': { sign: 'BOM', name: 'ZERO WIDTH NO-BREAK SPACE' },
};

/** A short sign for one character without ink. */
export function signOf(character: string): string {
  return named[character]?.sign ?? '␣';
}

/** `U+000D U+000A` */
export function codePoints(text: string): string {
  return Array.from(
    text,
    (character) => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`,
  ).join(' ');
}

/**
 * A token as a cell draws it. A token without any ink is drawn by its sign, a plain space as `␣`; a token
 * that mixes visible and invisible characters keeps its text. `title` names the invisible characters; null:
 * there are none, or only plain spaces.
 */
export function shownToken(token: string): { text: string; title: string | null } {
  const parts = token.split(inkless).filter((part) => part !== '');
  const unseen = parts.filter((part) => part !== ' ' && inkless.test(part));
  const hasInk = parts.some((part) => !inkless.test(part));
  const title =
    unseen.length === 0
      ? null
      : unseen.map((part) => [named[part]?.name, codePoints(part)].filter(Boolean).join(' ')).join(', ');
  if (hasInk) return { text: token, title };
  return { text: parts.map((part) => (part === ' ' ? '␣' : signOf(part))).join(''), title };
}

/** A stretch of text with what has no ink drawn by signs that have. Pure. */
export interface ShownPart {
  text: string;
  /** faint: a space or line end that is shown on wish; strange: what is rarely meant, shown always. */
  kind: 'plain' | 'faint' | 'strange';
  /** Its code point. */
  title?: string;
}

const marks: Record<string, string> = {
  ' ': '·',
  '\n': '⏎',
  '\r\n': '↩⏎',
  '\r': '↩',
  '\t': '⇥',
};
/** Control characters, spaces other than U+0020 and what has no width; U+0020 itself, and CR LF as one. */
const inkless =
  /(\r\n|[\0-\x20\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff])/u;

export function shownParts(text: string, showsInvisible: boolean): ShownPart[] {
  return text
    .split(inkless)
    .filter((part) => part !== '')
    .map((part): ShownPart => {
      if (!inkless.test(part)) return { text: part, kind: 'plain' };
      if (part === ' ') return showsInvisible ? { text: '·', kind: 'faint' } : { text: ' ', kind: 'plain' };
      if (part === '\n') return showsInvisible ? { text: '⏎', kind: 'faint' } : { text: '', kind: 'plain' };
      return { text: marks[part] ?? '␣', kind: 'strange', title: codeOf(part) };
    });
}

function codeOf(part: string): string {
  return Array.from(
    part,
    (character) => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`,
  ).join(' ');
}

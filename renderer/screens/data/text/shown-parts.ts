import { codePoints, inkless, signOf } from '../../../components/invisible.ts';

/** A stretch of text with what has no ink drawn by signs that have. Pure. */
export interface ShownPart {
  text: string;
  /** faint: a space or line end that is shown on wish; strange: what is rarely meant, shown always. */
  kind: 'plain' | 'faint' | 'strange';
  /** Its code point. */
  title?: string;
}

export function shownParts(text: string, showsInvisible: boolean): ShownPart[] {
  return text
    .split(inkless)
    .filter((part) => part !== '')
    .map((part): ShownPart => {
      if (!inkless.test(part)) return { text: part, kind: 'plain' };
      if (part === ' ') return showsInvisible ? { text: '·', kind: 'faint' } : { text: ' ', kind: 'plain' };
      if (part === '\n') return showsInvisible ? { text: '⏎', kind: 'faint' } : { text: '', kind: 'plain' };
      return { text: signOf(part), kind: 'strange', title: codePoints(part) };
    });
}

export interface RichPart {
  kind: 'text' | 'b' | 'code';
  text: string;
}

/** Cuts `a <b>bold</b> and <code>code</code>` into its parts; anything else in angle brackets stays text. */
export function splitRichText(message: string): RichPart[] {
  const parts: RichPart[] = [];
  const pattern = /<(b|code)>(.*?)<\/\1>/gs;
  let end = 0;
  for (const match of message.matchAll(pattern)) {
    if (match.index > end) parts.push({ kind: 'text', text: message.slice(end, match.index) });
    parts.push({ kind: match[1] as 'b' | 'code', text: match[2]! });
    end = match.index + match[0].length;
  }
  if (end < message.length) parts.push({ kind: 'text', text: message.slice(end) });
  return parts;
}

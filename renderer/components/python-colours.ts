export interface CodePart {
  kind: 'plain' | 'keyword' | 'string' | 'number' | 'comment' | 'name';
  text: string;
}

const python =
  /(#.*)|("[^"\n]*"|'[^'\n]*')|\b(from|import|class|def|return|for|in|self|None|True|False)\b|(?<![\w.])(-?\d+\.?\d*(?:e[+-]?\d+)?)\b|((?<=class )\w+)/g;

/** Cuts Python code into parts to colour. Joined, the parts are the code again. */
export function highlightPython(code: string): CodePart[] {
  const parts: CodePart[] = [];
  let end = 0;
  for (const match of code.matchAll(python)) {
    if (match.index > end) parts.push({ kind: 'plain', text: code.slice(end, match.index) });
    const [text, comment, string, keyword, number] = match;
    const kind = comment ? 'comment' : string ? 'string' : keyword ? 'keyword' : number ? 'number' : 'name';
    // To Python self is an ordinary name, so it gets no colour of its own.
    parts.push({ kind: text === 'self' ? 'plain' : kind, text });
    end = match.index + text.length;
  }
  if (end < code.length) parts.push({ kind: 'plain', text: code.slice(end) });
  return parts;
}

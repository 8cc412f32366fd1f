/** Orders strings by code point, as Python's `sorted` does (JavaScript's own order is by UTF-16 code unit). */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  // Both may stand on the second half of a surrogate pair; then the first halves are equal and the halves decide.
  return a.codePointAt(i)! - b.codePointAt(i)!;
}

/** The distinct tokens of many sequences, sorted by code point. */
export function vocabularyOf(sequences: Iterable<readonly string[]>): string[] {
  const tokens = new Set<string>();
  for (const sequence of sequences) for (const token of sequence) tokens.add(token);
  return [...tokens].sort(compareCodePoints);
}

/** The token that stands for every token outside its vocabulary. */
export const unknownToken = '<unk>';

/** What happens to a token outside the vocabulary. */
export type UnknownRule = 'refuse' | '<unk>';

/** The tokens as a vocabulary, with `<unk>` first where it stands for all others. */
export function vocabularyWith(tokens: string[], unknown: UnknownRule | undefined): string[] {
  if (unknown !== '<unk>') return tokens;
  return [unknownToken, ...tokens.filter((token) => token !== unknownToken)];
}

/** Index of each token in the vocabulary. Where `<unk>` stands for all others, unknown tokens get its index. */
export interface TokenIndex {
  get(token: string): number | undefined;
  has(token: string): boolean;
  readonly size: number;
}

export function indexTokens(vocabulary: readonly string[], unknown: UnknownRule = 'refuse'): TokenIndex {
  const places = new Map(vocabulary.map((token, index) => [token, index]));
  const other = unknown === '<unk>' ? places.get(unknownToken) : undefined;
  if (other === undefined) return places;
  return { get: (token) => places.get(token) ?? other, has: () => true, size: places.size };
}

/**
 * Index of each token in the vocabulary. Throws for an unknown token: documents are checked before their tokens are
 * encoded.
 */
export function encode(tokens: readonly string[], index: TokenIndex): Int32Array {
  const codes = new Int32Array(tokens.length); // [T]
  for (let t = 0; t < tokens.length; t++) {
    const code = index.get(tokens[t]!);
    if (code === undefined) {
      throw new Error(`token ${JSON.stringify(tokens[t])} at step ${t} is not in the vocabulary`);
    }
    codes[t] = code;
  }
  return codes;
}

/** The tokens of these indices. Throws for an index outside the vocabulary. */
export function decode(codes: ArrayLike<number>, vocabulary: readonly string[]): string[] {
  return Array.from(codes, (code) => {
    const token = vocabulary[code];
    if (token === undefined) throw new Error(`code ${code} in a vocabulary of ${vocabulary.length} tokens`);
    return token;
  });
}

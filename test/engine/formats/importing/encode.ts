/**
 * The bytes of a text in an encoding. JavaScript has an encoder for UTF-8 only, so the table comes from
 * decoding every character once.
 */
import type { EncodingName } from '../../../../engine/formats/importing/encodings.ts';

const tables = new Map<EncodingName, Map<string, number[]>>();

export function encodeAs(text: string, encoding: EncodingName, mark = false): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(mark ? `\ufeff${text}` : text);
  if (encoding.startsWith('utf-16')) {
    const units = [...(mark ? `\ufeff${text}` : text)]
      .flatMap((c) => c.split(''))
      .map((c) => c.charCodeAt(0));
    const little = encoding === 'utf-16le';
    return Uint8Array.from(
      units.flatMap((unit) => (little ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255])),
    );
  }
  const table = tableOf(encoding);
  const bytes = [...text].flatMap((character) => {
    const code = table.get(character);
    if (code === undefined) throw new Error(`${encoding} has no ${character}`);
    return code;
  });
  return Uint8Array.from(bytes);
}

function tableOf(encoding: EncodingName): Map<string, number[]> {
  const known = tables.get(encoding);
  if (known) return known;
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder(encoding, { fatal: true });
  const note = (...bytes: number[]) => {
    try {
      const character = decoder.decode(Uint8Array.from(bytes));
      if ([...character].length === 1 && !table.has(character)) table.set(character, bytes);
    } catch {
      // These bytes are no character.
    }
  };
  for (let first = 0; first < 256; first++) note(first);
  if (encoding !== 'windows-1252') {
    for (let first = 0x81; first < 0xff; first++)
      for (let second = 0x40; second < 0xff; second++) note(first, second);
  }
  tables.set(encoding, table);
  return table;
}

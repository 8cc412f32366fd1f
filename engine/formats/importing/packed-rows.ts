/**
 * Rows of an import on their way between threads: the bytes of their JSON, which change hands without being copied. What
 * is parsed from it is also written again (to the project, to the window) several times as fast as pieces of the file's
 * text, which every string of a row is before.
 */
import type { DraftRow } from '../../data/draft.ts';
import { stringifyLong } from '../stringify-long.ts';
import type { ImportedRow } from './choices.ts';

/** Where the rows stood in their file is not among what is packed. */
export function packRows(rows: readonly ImportedRow[]): Uint8Array<ArrayBuffer> {
  const plain = rows.map(({ input, target, split, note }) => ({ input, target, split, note }));
  return new TextEncoder().encode(stringifyLong(plain));
}

export function unpackRows(packed: Uint8Array): Omit<DraftRow, 'id'>[] {
  return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(packed)) as Omit<DraftRow, 'id'>[];
}

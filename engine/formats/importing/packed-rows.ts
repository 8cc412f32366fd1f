/**
 * Packs the rows of an import for their way between threads: as bytes of JSON, which are transferred without a copy.
 * Strings parsed from it are also written again (to the project, to the window) several times as fast as the
 * original strings, each of which is a slice of the file's text.
 */
import type { DraftRow } from '../../data/draft.ts';
import { stringifyLong } from '../stringify-long.ts';
import type { ImportedRow } from './choices.ts';

/** Packs the rows without their record numbers. */
export function packRows(rows: readonly ImportedRow[]): Uint8Array<ArrayBuffer> {
  const plain = rows.map(({ input, target, split, note }) => ({ input, target, split, note }));
  return new TextEncoder().encode(stringifyLong(plain));
}

export function unpackRows(packed: Uint8Array): Omit<DraftRow, 'id'>[] {
  return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(packed)) as Omit<DraftRow, 'id'>[];
}

/** Rows of an import on their way between threads: three texts instead of an object and its strings a row. */
import type { DraftRow, Split } from '../../data/draft.ts';
import type { ImportedRow } from './choices.ts';

const splits: readonly Split[] = ['train', 'validation', 'off'];

export interface PackedRows {
  count: number;
  /** All inputs one after another, likewise all targets and notes. */
  inputs: string;
  targets: string;
  notes: string;
  /** Characters of each row's input, target and note: [count, 3]. */
  lengths: Uint32Array<ArrayBuffer>;
  /** Places in the list of splits: [count]. */
  splits: Uint8Array<ArrayBuffer>;
}

export function packRows(rows: readonly ImportedRow[]): PackedRows {
  const lengths = new Uint32Array(rows.length * 3); // [N, 3]
  const places = new Uint8Array(rows.length); // [N]
  rows.forEach(({ input, target, note, split }, i) => {
    lengths.set([input.length, target.length, note.length], 3 * i);
    places[i] = splits.indexOf(split);
  });
  const joined = (field: 'input' | 'target' | 'note') => rows.map((row) => row[field]).join('');
  return {
    count: rows.length,
    inputs: joined('input'),
    targets: joined('target'),
    notes: joined('note'),
    lengths,
    splits: places,
  };
}

/** Where the rows stood in their file is not among what was packed. */
export function unpackRows(packed: PackedRows): Omit<DraftRow, 'id'>[] {
  let [input, target, note] = [0, 0, 0];
  return Array.from({ length: packed.count }, (_, i) => {
    const [inputEnd, targetEnd, noteEnd] = [
      input + packed.lengths[3 * i]!,
      target + packed.lengths[3 * i + 1]!,
      note + packed.lengths[3 * i + 2]!,
    ];
    const row = {
      input: packed.inputs.slice(input, inputEnd),
      target: packed.targets.slice(target, targetEnd),
      split: splits[packed.splits[i]!]!,
      note: packed.notes.slice(note, noteEnd),
    };
    [input, target, note] = [inputEnd, targetEnd, noteEnd];
    return row;
  });
}

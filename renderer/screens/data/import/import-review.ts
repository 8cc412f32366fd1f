/** Whether what was found of a file can be taken as it is chosen, and which of its rows something is said of. Pure. */
import type { EncodingCandidate, EncodingName } from '../../../../engine/formats/importing/encodings.ts';
import type { ImportPreview } from '../../../../engine/formats/importing/preview.ts';
import type { TaskName } from '../../../../engine/model/experiment.ts';

export interface WrongDecoding {
  chosen: EncodingCandidate;
  /** The likeliest one; null: it is the chosen one, which has bad places all the same. */
  better: EncodingCandidate | null;
}

/** An encoding that is so much less likely than the best is wrong, though every byte be a letter in it. */
const clearlyLess = 0.25;

/** null: the text looks like one of its encoding. `chosen` may be another than the preview was read by. */
export function wrongDecoding(
  candidates: readonly EncodingCandidate[],
  encoding: EncodingName,
): WrongDecoding | null {
  const best = candidates[0]!;
  const chosen = candidates.find((one) => one.encoding === encoding) ?? best;
  if (chosen.encoding === best.encoding) return best.bad > 0 ? { chosen, better: null } : null;
  const isWorse = chosen.bad > best.bad || chosen.score < best.score - clearlyLess;
  return isWorse ? { chosen, better: best } : null;
}

/** Why nothing can be imported as it stands. */
export type ImportLock = 'wrong_decoding' | 'no_input' | 'no_target' | 'no_rows';

export function importLock(
  preview: Pick<ImportPreview, 'choices' | 'counts' | 'encodings' | 'text'>,
  task: TaskName,
  accepted: EncodingName | null,
): ImportLock | null {
  const { choices, counts, encodings, text } = preview;
  if (accepted !== choices.encoding && wrongDecoding(encodings, choices.encoding)) return 'wrong_decoding';
  if (text !== null) return null;
  if (!choices.columns.includes('input')) return 'no_input';
  if (task === 'label' && !choices.columns.includes('target')) return 'no_target';
  return counts.train + counts.validation + counts.off === 0 ? 'no_rows' : null;
}

/** Of each record with a problem, the kind that counts most and whether its sentence is of this very record. */
export function problemsByRecord(
  problems: ImportPreview['problems'],
): Map<number, { kind: ImportPreview['problems'][number]; isFirst: boolean }> {
  const found = new Map<number, { kind: ImportPreview['problems'][number]; isFirst: boolean }>();
  for (const kind of problems) {
    kind.records.forEach((record, i) => {
      if (!found.has(record)) found.set(record, { kind, isFirst: i === 0 });
    });
  }
  return found;
}

/** The next of the records in ascending order, the first again after the last; null: there is none. */
export function nextRecord(records: readonly number[], after: number): number | null {
  return records.find((record) => record > after) ?? records[0] ?? null;
}

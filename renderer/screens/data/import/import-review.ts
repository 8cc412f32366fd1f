/** Whether a file can be imported as chosen, and which of its rows have problems. Pure. */
import type { EncodingCandidate, EncodingName } from '../../../../engine/formats/importing/encodings.ts';
import type { ImportPreview } from '../../../../engine/formats/importing/preview.ts';
import type { TaskName } from '../../../../engine/model/experiment.ts';

export interface WrongDecoding {
  chosen: EncodingCandidate;
  /** The likeliest encoding; null: the chosen one is the likeliest, but some bytes are invalid in it. */
  better: EncodingCandidate | null;
}

/** An encoding whose score is this much below the best is wrong, even if every byte is a letter in it. */
const clearlyLess = 0.25;

/** null: the text looks right in this encoding, which may differ from the one that the preview was read in. */
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

/**
 * For each record with a problem, the most important kind, and whether its sentence is about this very
 * record.
 */
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

/** The next record after `after`, in ascending order, or the first one after the last; null: there is none. */
export function nextRecord(records: readonly number[], after: number): number | null {
  return records.find((record) => record > after) ?? records[0] ?? null;
}

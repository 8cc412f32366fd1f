import type { RunPlace } from '../api.ts';

/** First bytes of a checkpoint that are enough to tell where it stands. */
export const checkpointHeadBytes = 2048;

/**
 * Where a checkpoint stands (`engine/training/checkpoint.ts`), from its first bytes; null where they do not tell.
 */
export function checkpointPlace(head: Uint8Array): RunPlace | null {
  const text = new TextDecoder('latin1').decode(head);
  const progress =
    /^OHLOLCKP[\s\S]{4}\{"version":1,"optimizer":"\w+","progress":\{"epoch":(\d+),[^{}]*(?:\{[^{}]*\})?[^{}]*\},"batchesDone":(\d+),/;
  const found = progress.exec(text);
  return found && { epoch: Number(found[1]), batch: Number(found[2]) };
}

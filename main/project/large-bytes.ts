/**
 * Writes long byte strings to a project file and reads them, a few parts at a time, so that commands that want an
 * answer at once can run in between.
 */
import { setImmediate } from 'node:timers/promises';
import { type Result, success } from '../../engine/errors.ts';
import { beginBlob, insertPart, partBytes, readBlobInParts, removeWaste } from './blob-store.ts';
import type { Keeper } from './keeper.ts';

/** Parts per transaction, which takes some ten milliseconds, most of it the disk's. */
const partsAtOnce = 4;

/** Whether bytes are short enough to be written in the transaction that refers to them: at most 1 MiB. */
export const isShort = (bytes: Uint8Array): boolean => bytes.length <= partBytes;

export interface LargeBytes {
  /**
   * Writes the bytes and returns their blob, or null once `isWanted` is false, which is asked before each transaction.
   * Unless the caller keeps the blob, it is waste; `done` must be called for it in either case.
   */
  write(bytes: Uint8Array, isWanted?: () => boolean): Promise<Result<number | null>>;
  read(blob: number): Promise<Uint8Array>;
  /** Says that a written blob has been kept or given up. */
  done(blob: number): void;
  /** Removes some blobs that nothing refers to, in the caller's transaction. */
  removeSome(database: ReturnType<Keeper['database']>): void;
}

export function createLargeBytes(keeper: Keeper): LargeBytes {
  const beingWritten = new Set<number>();

  return {
    async write(bytes, isWanted = () => true) {
      const begun = keeper.write((database) => beginBlob(database, bytes.length));
      if (!begun.ok) return begun;
      const blob = begun.value;
      beingWritten.add(blob);
      const parts = Math.ceil(bytes.length / partBytes);
      for (let from = 0; from < parts; from += partsAtOnce) {
        await setImmediate();
        if (!isWanted()) {
          beingWritten.delete(blob);
          return success(null);
        }
        const written = keeper.write((database) => {
          const to = Math.min(from + partsAtOnce, parts);
          for (let part = from; part < to; part++) insertPart(database, blob, part, bytes);
        });
        if (written.ok) continue;
        beingWritten.delete(blob);
        return written;
      }
      return success(blob);
    },
    async read(blob) {
      const reading = readBlobInParts(keeper.database(), blob);
      let step = reading.next();
      for (let parts = 1; !step.done; step = reading.next(), parts++) {
        if (parts % partsAtOnce === 0) await setImmediate();
      }
      return step.value;
    },
    done: (blob) => void beingWritten.delete(blob),
    removeSome: (database) => removeWaste(database, beingWritten, 2 * partsAtOnce),
  };
}

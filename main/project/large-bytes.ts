/**
 * Long byte strings on their way into a project file and out of it, a few parts at a time: what comes between may be
 * a command that wants its answer at once.
 */
import { setImmediate } from 'node:timers/promises';
import { type Result, success } from '../../engine/errors.ts';
import { beginBlob, insertPart, partBytes, readBlobInParts, removeWaste } from './blob-store.ts';
import type { Keeper } from './keeper.ts';

/** Parts of one transaction: some ten milliseconds, most of it the disk's. */
const partsAtOnce = 4;

/** Bytes that may go into the file with what refers to them. */
export const isShort = (bytes: Uint8Array): boolean => bytes.length <= partBytes;

export interface LargeBytes {
  /** Writes them; gives their blob, which is the caller's to keep, or waste. `isWanted` is asked between two writes. */
  write(bytes: Uint8Array, isWanted?: () => boolean): Promise<Result<number | null>>;
  read(blob: number): Promise<Uint8Array>;
  /** It is kept now, or given up. */
  done(blob: number): void;
  /** Removes some of what nothing refers to, in the caller's transaction. */
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

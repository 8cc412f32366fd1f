/** Records where engines die of a run, to tell whether the run still makes progress. */
import type { RunProgress, RunState } from '../../../engine/api.ts';
import { type Problem, problem } from '../../../engine/errors.ts';

export interface CrashRecord {
  /** Epoch of the checkpoint from which the run continued before the engine died. */
  checkpointEpoch: number;
  /** How far after that checkpoint the engine died, in epochs; may be fractional. */
  epochsAfter: number;
  /** Engine deaths since that checkpoint. */
  deaths: number;
  /** The next engine would probably die as well. */
  isHopeless: boolean;
}

export const noCrash: CrashRecord = { checkpointEpoch: -1, epochsAfter: 0, deaths: 0, isHopeless: false };

/** A run is hopeless after this many deaths since one checkpoint, wherever they happened. */
const mostDeaths = 5;
/**
 * Two deaths within this fraction of the distance count as one place: an engine cannot report its last moments, so the
 * place is known only roughly.
 */
const samePlaceWithin = 0.2;

/**
 * Adds a death to the record. A run is hopeless if its engine died where the one before died, or has died again and
 * again without a new checkpoint.
 */
export function crashedAgain(
  before: CrashRecord,
  checkpointEpoch: number,
  { epoch, batch, batchesPerEpoch }: RunProgress,
): CrashRecord {
  const epochsAfter = epoch + batch / Math.max(1, batchesPerEpoch) - checkpointEpoch;
  if (before.checkpointEpoch !== checkpointEpoch) {
    return { checkpointEpoch, epochsAfter, deaths: 1, isHopeless: false };
  }
  const deaths = before.deaths + 1;
  const apart = Math.abs(epochsAfter - before.epochsAfter);
  const isSamePlace = apart <= samePlaceWithin * Math.max(epochsAfter, before.epochsAfter);
  return { checkpointEpoch, epochsAfter, deaths, isHopeless: isSamePlace || deaths >= mostDeaths };
}

/** The state of a run whose engine died of `cause`. */
export function interruption(crashes: CrashRecord, { epoch }: RunProgress, cause: Problem): RunState {
  if (!crashes.isHopeless) return { status: 'interrupted', reason: cause.message, problem: cause };
  const message = `${cause.message}, again in epoch ${epoch + 1}; the run was not started again by itself`;
  const again = problem('run-crashes-engine', '', message, { ...cause.details, cause: cause.code, epoch });
  return { status: 'interrupted', reason: message, problem: again };
}

/** Whether a run that engines die of gets on at all. */
import type { RunProgress, RunState } from '../../../engine/api.ts';
import { type Problem, problem } from '../../../engine/errors.ts';

export interface CrashRecord {
  /** The checkpoint that the run went on from when the engine died. */
  checkpointEpoch: number;
  /** How many epochs after it. */
  epochsAfter: number;
  /** Deaths since that checkpoint. */
  deaths: number;
  /** The next engine would die, too. */
  isHopeless: boolean;
}

export const noCrash: CrashRecord = { checkpointEpoch: -1, epochsAfter: 0, deaths: 0, isHopeless: false };

/** However different the places: so often after one checkpoint is often enough. */
const mostDeaths = 5;
/** What an engine does in its last moments it cannot tell any more, so that one place is known only so well. */
const samePlaceWithin = 0.2;

/** Hopeless is a run whose engine dies where the one before died, or again and again without a new checkpoint. */
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

/** What is said of a run whose engine has died of `cause`. */
export function interruption(crashes: CrashRecord, { epoch }: RunProgress, cause: Problem): RunState {
  if (!crashes.isHopeless) return { status: 'interrupted', reason: cause.message, problem: cause };
  const message = `${cause.message}, again in epoch ${epoch + 1}; the run was not started again by itself`;
  const again = problem('run-crashes-engine', '', message, { ...cause.details, cause: cause.code, epoch });
  return { status: 'interrupted', reason: message, problem: again };
}

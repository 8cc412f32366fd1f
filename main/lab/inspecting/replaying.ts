/**
 * The lab's part of a replay: gives the engine a starting state, replays in slices, and compares the results with the
 * file.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { OpenReplay, Replayed } from '../../../engine/api.ts';
import { isBefore } from '../../../engine/data/run-place.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import type { PastMoment } from './past-run.ts';

/** Length of a slice; between slices the replay checks whether it was cancelled. */
const sliceMs = 50;

export interface LookOptions {
  /** Cancels the look. */
  signal: AbortSignal;
  /** Called with the epoch looked for, the number of epochs replayed, and the number to replay, a part of one included. */
  onProgress(epoch: number, done: number, of: number): void;
}

export interface ReplayOptions extends LookOptions {
  engine: EngineDoor;
  database: DatabaseSync;
  readBlob(blob: number): Promise<Uint8Array>;
}

/**
 * Replays the run until the engine keeps its state at that moment. Returns the epoch from which it replayed:
 * `moment.epoch` itself if nothing had to be replayed. Fails with `look-cancelled`, or with `replay-differs` if an
 * epoch's loss or gradient norm is not that of the file.
 */
export async function replayTo(moment: PastMoment, options: ReplayOptions): Promise<Result<number>> {
  const { engine, database, signal, onProgress } = options;
  const { run, epoch, batch } = moment;
  if (signal.aborted) return failure(cancelled());
  const begun = await begin(moment, options);
  if (!begun.ok) return begun;
  const { from, isThere } = begun.value;
  if (isThere) return success(epoch);
  const total = epoch - from + (batch > 0 ? 1 : 0);
  for (let done = from; ; ) {
    onProgress(epoch, done - from, total);
    const slice = await engine.replay({ runId: run.runId, epoch, batch, milliseconds: sliceMs });
    if (!slice.ok) return slice;
    const differs = findDifference(database, moment, slice.value, done);
    if (differs) {
      await engine.closeReplay([run.runId]);
      return failure(differs);
    }
    done = slice.value.epoch;
    if (!isBefore(slice.value, moment)) return success(from);
    if (signal.aborted) return failure(cancelled());
  }
}

interface Begun {
  from: number;
  /** The engine already keeps the state, so nothing is replayed. */
  isThere: boolean;
}

/** Opens the replay at the state nearest before the moment. */
async function begin(moment: PastMoment, options: ReplayOptions): Promise<Result<Begun>> {
  const { engine, readBlob } = options;
  const { run, epoch, batch } = moment;
  const { runId, experiment, changes } = run;
  const found = await engine.findPast({ runId, epoch, batch, changes });
  if (found?.as === 'kept' && !isBefore(found, moment)) return success({ from: epoch, isThere: true });
  const stored = run.states.findLast((state) => !isBefore(moment, state)) ?? null;
  const fromFile = stored !== null && (found === null || isBefore(found, stored));
  if (found?.as === 'open' && !fromFile) return success({ from: found.epoch, isThere: false });
  let from: OpenReplay['from'] = { kind: 'start' };
  if (fromFile) from = { kind: 'checkpoint', state: await readBlob(stored.state), place: stored };
  else if (found !== null) from = { kind: 'kept', place: { epoch: found.epoch, batch: found.batch } };
  const opened = await engine.openReplay({ runId, experiment, changes, from });
  return opened.ok ? success({ from: opened.value.epoch, isThere: false }) : opened;
}

/**
 * The first epoch after `done` whose loss or gradient norm differs from the file's; null if all are equal to the bit.
 */
function findDifference(
  database: DatabaseSync,
  { run }: PastMoment,
  { losses, gradNorms }: Replayed,
  done: number,
): Problem | null {
  const rows = database
    .prepare('SELECT epoch, loss, grad_norm FROM epoch WHERE run_id = ? AND epoch > ? AND epoch <= ?')
    .iterate(Number(run.runId), done, done + losses.length);
  for (const { epoch, loss, grad_norm: norm } of rows) {
    const at = Number(epoch) - done - 1;
    if (losses[at] !== loss) return differs(run.number, Number(epoch), 'loss', losses[at]!, Number(loss));
    if (gradNorms[at] !== norm) {
      return differs(run.number, Number(epoch), 'gradient norm', gradNorms[at]!, Number(norm));
    }
  }
  return null;
}

function differs(number: number, epoch: number, what: string, replayed: number, had: number): Problem {
  const message =
    `run ${number}, epoch ${epoch}: the replay comes to a ${what} of ${replayed}, the run had ${had}; ` +
    'it was trained on a computer that rounds otherwise, or with settings whose changes were not kept, and can be looked at where it has checkpoints';
  return problem('replay-differs', 'epoch', message, { number, epoch, what, replayed, had });
}

export function cancelled(): Problem {
  return problem('look-cancelled', '', 'the look was given up; another was asked for, or none any more');
}

/** Runs that the last process left unfinished because it did not end in order. */
import type { DatabaseSync } from 'node:sqlite';
import { type Problem, problem } from '../../engine/errors.ts';
import type { RunSummary } from '../api.ts';
import { lastCheckpointEpoch } from './checkpoint-store.ts';
import { cutEpochsAfter, readRuns, storeState } from './run-store.ts';

/**
 * Marks runs that were going on as interrupted (or paused, if they were not running) at their last checkpoint; epochs
 * after it would be counted twice. In the caller's transaction.
 */
export function interruptRuns(database: DatabaseSync): void {
  for (const run of readRuns(database)) {
    if (!isGoingOn(run)) continue;
    const epoch = lastCheckpointEpoch(database, run.id);
    const isThere = run.progress.epoch === epoch;
    if (isThere && run.state.status === 'paused') continue;
    cutEpochsAfter(database, run.id, epoch);
    const progress = { ...run.progress, epoch, batch: isThere ? run.progress.batch : 0 };
    const state = run.state.status === 'running' ? interrupted(run) : ({ status: 'paused' } as const);
    storeState(database, run.id, state, progress);
  }
}

/**
 * Shows running runs as interrupted in a file that cannot be changed, unless another process has the file and trains
 * them.
 */
export function showInterrupted(runs: RunSummary[], why: Problem): RunSummary[] {
  if (why.code.startsWith('project-locked')) return runs;
  return runs.map((run) => (run.state.status === 'running' ? { ...run, state: interrupted(run) } : run));
}

function isGoingOn({ state }: RunSummary): boolean {
  return state.status === 'queued' || state.status === 'running' || state.status === 'paused';
}

function interrupted({ number }: RunSummary) {
  const reason = 'the lab ended while it was running';
  const why = problem('lab-ended', '', `run ${number}: ${reason}`, { number });
  return { status: 'interrupted', reason, problem: why } as const;
}

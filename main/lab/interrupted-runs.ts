/** Runs that the last process left behind when it did not end in order. */
import type { DatabaseSync } from 'node:sqlite';
import { type Problem, problem } from '../../engine/errors.ts';
import type { RunSummary } from '../api.ts';
import { lastCheckpointEpoch } from '../project/checkpoint-store.ts';
import { inTransaction } from '../project/migrations.ts';
import { cutEpochsAfter, readRuns, storeState } from '../project/run-store.ts';

/** Those that were going on are interrupted, at their last checkpoint; epochs after it would be counted twice. */
export function interruptRuns(database: DatabaseSync): void {
  const left = readRuns(database).filter(isGoingOn);
  if (left.length === 0) return;
  inTransaction(database, () => {
    for (const run of left) {
      const epoch = lastCheckpointEpoch(database, run.id);
      cutEpochsAfter(database, run.id, epoch);
      const progress = {
        ...run.progress,
        epoch,
        batch: run.progress.epoch === epoch ? run.progress.batch : 0,
      };
      const state = run.state.status === 'running' ? interrupted(run) : ({ status: 'paused' } as const);
      storeState(database, run.id, state, progress);
    }
  });
}

/** The same for the eye, where the file cannot be changed; but for runs that another process is training. */
export function showInterrupted(runs: RunSummary[], why: Problem): RunSummary[] {
  if (why.code === 'project-locked') return runs;
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

/**
 * Handles runs when an engine dies. Runs that trained go back to their last checkpoint and are resumed in the next
 * engine. A run that engines die of again and again, or whose checkpoint cannot be opened, stays interrupted.
 */
import type { RunState } from '../../../engine/api.ts';
import { LabError, type Problem } from '../../../engine/errors.ts';
import type { LabEvents } from '../../api.ts';
import { deathProblem, type EngineDeath } from '../../engine-process/engine-death.ts';
import { lastCheckpointEpoch } from '../../project/checkpoint-store.ts';
import type { Keeper } from '../../project/keeper.ts';
import { cutEpochsAfter, readRunSummary, storeState } from '../../project/run-store.ts';
import { stateAtRest } from './command-rules.ts';
import { crashedAgain, interruption } from './crash-record.ts';
import { type LiveRun, onlyLost } from './live-run.ts';
import type { Residency } from './residency.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { InTurn } from './turns.ts';

export interface RecoveryOptions {
  keeper: Keeper;
  residency: Residency;
  recorder: RunRecorder<LiveRun>;
  tell: Pick<LabEvents, 'runChanged'>;
  inTurn: InTurn;
}

export function createRecovery({ keeper, residency, recorder, tell, inTurn }: RecoveryOptions) {
  function engineDied(death: EngineDeath): void {
    for (const run of residency.allLive()) {
      const was = run.inEngine;
      run.inEngine = 'no';
      recorder.discard(run);
      if (run.wish === null) {
        // A run that was only being opened is unchanged in the file.
        if (was === 'open') rollBack(run, stateAtRest(run.summary.state));
        residency.drop(run);
        continue;
      }
      const from = lastCheckpointEpoch(keeper.database(), run.runId);
      run.crashes = crashedAgain(run.crashes, from, run.summary.progress);
      rollBack(run, interruption(run.crashes, run.summary.progress, deathProblem(death)));
      if (run.crashes.isHopeless) residency.drop(run);
      else void inTurn(run.runId, () => resume(run));
    }
  }

  /** Returns a run's record to its last checkpoint; epochs after it would be counted twice. */
  function rollBack(run: LiveRun, state: RunState): void {
    const epoch = lastCheckpointEpoch(keeper.database(), run.runId);
    const progress = { ...run.summary.progress, epoch, batch: 0 };
    const stored = keeper.write((database) => {
      cutEpochsAfter(database, run.runId, epoch);
      storeState(database, run.runId, state, progress);
      return readRunSummary(database, run.runId)!;
    });
    // A file that accepts no changes keeps `running`, which counts as an interruption when it is opened again.
    run.summary = stored.ok ? stored.value : { ...run.summary, state, progress };
    tell.runChanged(run.summary);
  }

  /**
   * Opens a run again and repeats its wish, so that a crash costs the user no click. If the next engine dies of it as
   * well, `engineDied` handles the run.
   */
  async function resume(run: LiveRun): Promise<void> {
    const { wish } = run;
    if (residency.live(run.runId) !== run || run.inEngine !== 'no' || !wish) return;
    try {
      const opened = await residency.open(run.runId);
      if (opened.ok) {
        await residency.send(run, wish);
        return;
      }
      giveUp(run, opened.problems[0]!);
    } catch (error) {
      // Its checkpoint is damaged, or the project was closed meanwhile.
      if (error instanceof LabError) giveUp(run, error.problem);
      else onlyLost(error);
    }
  }

  /** Leaves a run that cannot be resumed interrupted, with the reason. */
  function giveUp(run: LiveRun, why: Problem): void {
    if (keeper.isOpen()) rollBack(run, { status: 'interrupted', reason: why.message, problem: why });
    residency.drop(run);
  }

  return { engineDied };
}

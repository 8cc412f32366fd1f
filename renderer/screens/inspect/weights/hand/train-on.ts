/** Makes a run that trains on with the weights of a hand. */
import type { WeightPatch } from '../../../../../engine/api.ts';
import type { Result } from '../../../../../engine/errors.ts';
import type { BranchChange, RunSummary } from '../../../../../main/api.ts';
import type { InspectState } from '../../inspect-state.svelte.ts';

/**
 * What the branch changes beside the weights: nothing, as long as its run has epochs left; from the last epoch as many
 * epochs more as the run had.
 */
export function branchChange(epochs: number, epoch: number): BranchChange {
  return epoch < epochs
    ? { kind: 'none' }
    : { kind: 'setting', settings: { epochs: epoch + Math.max(1, epochs) } };
}

/** The branch is on screen and trains when the promise comes back; the old run is unchanged. */
export async function trainOn(inspect: InspectState, weights: WeightPatch[]): Promise<Result<RunSummary>> {
  const { epoch, run, summary, experiment } = inspect;
  const values = { number: summary?.number ?? 0, epoch, count: weights.length };
  const made = await run.branch({
    epoch,
    change: branchChange(experiment?.training.epochs ?? 0, epoch),
    weights,
    label: { key: 'edit_run_by_hand', values },
  });
  if (!made.ok) return made;
  const started = await run.run();
  return started.ok ? made : started;
}

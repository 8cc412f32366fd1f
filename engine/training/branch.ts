/** A run that goes on from a state of another: of the same model, with one thing changed. */
import type { WeightPatch } from '../api.ts';
import { failure, type Result } from '../errors.ts';
import type { Backend } from '../kernels/backend.ts';
import { checkWeights } from '../model/check-weights.ts';
import type { SequenceExperiment } from '../model/experiment.ts';
import { takeState, writeCheckpoint } from './checkpoint.ts';
import { createRun, type Run } from './run.ts';
import { createTrainerInPieces, type Trainer } from './trainer.ts';

export interface BranchSource {
  /** As the state was trained. */
  from: SequenceExperiment;
  /** As it is to go on: of the same model and vocabularies. */
  to: SequenceExperiment;
  /** A checkpoint after an epoch. */
  state: Uint8Array;
  /** Weights set by hand. */
  values: readonly WeightPatch[];
}

/**
 * Stands where the state does. Where nothing is changed its checkpoint is the state, byte for byte. Another optimizer
 * begins at its first step, another seed with its own shuffles and dropout, other data and weights set by hand with stop
 * rules that have counted nothing and no best epoch: what was best before are not their weights.
 */
export function* branchInPieces(
  { from, to, state, values }: BranchSource,
  backend: Backend,
): Generator<void, Result<Trainer>> {
  const made = yield* createRun(to, backend);
  if (!made.ok) return made;
  const run = made.value;
  const keeps = {
    counts: values.length === 0 && JSON.stringify(from.dataset) === JSON.stringify(to.dataset),
    seed: from.training.seed === to.training.seed,
  };
  const problems = [...(yield* takeState(run, state, keeps)), ...setWeights(run, values)];
  const checkpoint = problems.length > 0 ? null : yield* writeCheckpoint(run);
  run.kernels.program?.team?.stop();
  if (checkpoint === null) return failure(...problems);
  return yield* createTrainerInPieces(to, checkpoint, { backend });
}

/** Or everything that keeps them from being set. */
function setWeights({ model }: Run, values: readonly WeightPatch[]) {
  const { parameters } = model;
  const problems = checkWeights({ part: 'some', values }, parameters.entries, 'weights');
  if (problems.length > 0) return problems;
  for (const { key, index, value } of values) parameters.find(key)!.value[index] = value;
  return [];
}

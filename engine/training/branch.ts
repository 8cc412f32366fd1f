/** Branches: runs that go on from a state of another run of the same model, with something changed. */
import type { WeightPatch } from '../api.ts';
import { failure, type Result } from '../errors.ts';
import type { Backend } from '../kernels/backend.ts';
import { checkWeights } from '../model/check-weights.ts';
import type { SequenceExperiment } from '../model/experiment.ts';
import { takeState, writeCheckpoint } from './checkpoint.ts';
import { createRun, type Run } from './run.ts';
import { createTrainerInPieces, type Trainer } from './trainer.ts';

export interface BranchSource {
  /** The document with which the state was trained. */
  from: SequenceExperiment;
  /** The document with which the branch goes on; it has the same model and vocabularies. */
  to: SequenceExperiment;
  /** A checkpoint that stands between two epochs. */
  state: Uint8Array;
  /** Weights set by hand. */
  values: readonly WeightPatch[];
}

/**
 * Makes a trainer that stands where the state does. Where nothing is changed, its checkpoint is the state, byte for
 * byte.
 *
 * Another optimizer begins at its first step, and another seed with its own shuffles and dropout. With other data or
 * weights set by hand, the stop rules begin with nothing counted and no best epoch, because the earlier best epoch
 * judged other weights or other data. Fails where the state does not fit the document or a weight cannot be set.
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

/** Sets the weights, or returns every problem that keeps them from being set. */
function setWeights({ model }: Run, values: readonly WeightPatch[]) {
  const { parameters } = model;
  const problems = checkWeights({ part: 'some', values }, parameters.entries, 'weights');
  if (problems.length > 0) return problems;
  for (const { key, index, value } of values) parameters.find(key)!.value[index] = value;
  return [];
}

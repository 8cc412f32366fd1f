/** Imports weights into the draft. The reader reads the file; this module fits its weights to the project. */
import { dataSizes } from '../../../engine/data/check-experiment.ts';
import type { Draft, DraftEdit } from '../../../engine/data/draft.ts';
import { draftToExperiment } from '../../../engine/data/draft-experiment.ts';
import { failure, type Problem, type Result, success } from '../../../engine/errors.ts';
import { checkWeights } from '../../../engine/model/check-weights.ts';
import type { WeightsJson } from '../../../engine/model/experiment.ts';
import { parameterShapes } from '../../../engine/model/spec.ts';
import type { EditLabel } from '../../api.ts';
import { type ReadJobs, unpack } from '../../reader/read-jobs.ts';

/**
 * The edit that makes a file's weights the draft's initial weights. Fails with every misfit between them and the
 * draft's model.
 */
export function weightsEdit(
  draft: Draft,
  { name, tensors }: ReadJobs['weights'],
): Result<{ edit: DraftEdit; label: EditLabel }> {
  const weights = unpack(tensors);
  const misfits = weightMisfits(draft, weights);
  if (misfits.length > 0) return failure(...misfits);
  return success({
    edit: { kind: 'initialWeights', weights },
    label: { key: 'edit_initial_weights_imported', values: { name } },
  });
}

function weightMisfits(draft: Draft, weights: WeightsJson): Problem[] {
  const experiment = draftToExperiment({ ...draft, initialWeights: null });
  if (!experiment.ok) return experiment.problems;
  const shapes = parameterShapes(draft.model, dataSizes(experiment.value));
  return checkWeights({ part: 'whole', weights }, shapes, 'weights');
}

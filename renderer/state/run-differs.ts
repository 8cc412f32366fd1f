import type { ExperimentDocument, TrainingSpec } from '../../engine/model/experiment.ts';

/**
 * Whether going on with a run would be another training than the draft asks for: its data, model, seed or settings
 * differ in more than what may change while it runs (epochs, learning rate, clipping, stop rules) or its name.
 */
export function runDiffers(draft: ExperimentDocument, run: ExperimentDocument): boolean {
  return (
    differ(draft.model, run.model) ||
    differ(withoutLive(draft.training), withoutLive(run.training)) ||
    differ(draft.initialWeights, run.initialWeights) ||
    differ(draft.dataset, run.dataset)
  );
}

function withoutLive(training: TrainingSpec): unknown {
  return {
    ...training,
    epochs: 0,
    clipGradNorm: null,
    stopWhen: null,
    optimizer: { ...training.optimizer, lr: 0 },
  };
}

/** By value, whatever the order of the keys; undefined is the same as absent. */
function differ(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return false;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return true;
  if (Array.isArray(a) !== Array.isArray(b)) return true;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].some((key) =>
    differ(left[key], right[key]),
  );
}

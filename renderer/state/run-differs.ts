import type { ExperimentDocument, TrainingSpec } from '../../engine/model/experiment.ts';

/** The parts of a project in which a run can differ from the draft. */
export const projectParts = ['data', 'model', 'settings', 'weights'] as const;
export type ProjectPart = (typeof projectParts)[number];

/**
 * The parts in which a run of the draft would differ from this run. Settings that can change while a run
 * trains do not count.
 */
export function differingParts(draft: ExperimentDocument, run: ExperimentDocument): ProjectPart[] {
  const differs: Record<ProjectPart, () => boolean> = {
    data: () => differ(draft.dataset, run.dataset),
    model: () => differ(draft.model, run.model),
    settings: () => differ(withoutLive(draft.training), withoutLive(run.training)),
    weights: () => differ(draft.initialWeights, run.initialWeights),
  };
  return projectParts.filter((part) => differs[part]());
}

/**
 * Whether continuing a run would train something else than the draft asks for: its data, model, seed,
 * initial weights or settings differ. The name and the settings that can change while a run trains (epochs,
 * learning rate, clipping, stop rules) do not count.
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

/** Compares by value, whatever the order of the keys; undefined is the same as absent. */
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

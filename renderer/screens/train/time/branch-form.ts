/** The one thing that a branch changes: what the user chooses, and the change that results. */
import type { OptimizerSpec, TrainingSpec } from '../../../../engine/model/experiment.ts';
import type { BranchChange } from '../../../../main/api.ts';
import { otherOptimizer } from '../../settings/settings.ts';
import { lowerLr } from '../divergence.ts';

export const branchKinds = ['lr', 'clip', 'epochs', 'optimizer', 'data', 'seed', 'none'] as const;
export type BranchKind = (typeof branchKinds)[number];

export interface BranchForm {
  kind: BranchKind;
  lr: number;
  /** null: off. */
  clip: number | null;
  epochs: number;
  optimizer: OptimizerSpec['name'];
  seed: number;
}

/** The form's initial values: a tenth of the learning rate, and for each other change a likely value. */
export function newBranchForm(training: TrainingSpec, epoch: number): BranchForm {
  const { optimizer, clipGradNorm, epochs, seed } = training;
  return {
    kind: 'lr',
    lr: lowerLr(optimizer.lr),
    clip: clipGradNorm === null ? 1 : null,
    // The default leaves even a branch from the last epoch something to train.
    epochs: epoch + Math.max(1, epochs),
    optimizer: optimizer.name === 'adam' ? 'sgd' : 'adam',
    seed: seed + 1,
  };
}

export function branchChange(form: BranchForm, training: TrainingSpec): BranchChange {
  switch (form.kind) {
    case 'lr':
      return { kind: 'setting', settings: { lr: form.lr } };
    case 'clip':
      return { kind: 'setting', settings: { clipGradNorm: form.clip } };
    case 'epochs':
      return { kind: 'setting', settings: { epochs: form.epochs } };
    case 'optimizer':
      return { kind: 'optimizer', optimizer: otherOptimizer(form.optimizer, training.optimizer.lr) };
    case 'seed':
      return { kind: 'seed', seed: form.seed };
    case 'data':
    case 'none':
      return { kind: form.kind };
  }
}

/** The number of epochs that the branch would train; 0: it would end where it begins. */
export function epochsToGo(form: BranchForm, training: TrainingSpec, epoch: number): number {
  return Math.max(0, (form.kind === 'epochs' ? form.epochs : training.epochs) - epoch);
}

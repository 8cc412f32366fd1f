/** The run settings as data: which reach a run at once, which wait, and where draft and run differ. */
import type { LiveSettings, RunState } from '../../../engine/api.ts';
import { optimizerDefaults } from '../../../engine/data/defaults.ts';
import type { OptimizerSpec, TrainingSpec } from '../../../engine/model/experiment.ts';

export const optimizerNames: Record<OptimizerSpec['name'], string> = {
  adam: 'Adam',
  adamw: 'AdamW',
  sgd: 'SGD',
  rmsprop: 'RMSprop',
};

/** Another optimizer with PyTorch's defaults, at the learning rate there was. */
export function otherOptimizer(name: OptimizerSpec['name'], lr: number): OptimizerSpec {
  return { ...optimizerDefaults[name], lr } as OptimizerSpec;
}

/**
 * What of a change of live settings a run in this state takes: everything while it may go on; of a run that has done
 * its epochs only more of them, so that its record stays what it was trained with; null: nothing.
 */
export function takenSettings(state: RunState, epoch: number, settings: LiveSettings): LiveSettings | null {
  switch (state.status) {
    case 'queued':
    case 'running':
    case 'paused':
    case 'interrupted':
      return settings;
    case 'finished':
      return state.reason === 'epochs' && (settings.epochs ?? 0) > epoch ? { epochs: settings.epochs } : null;
    case 'stopped':
    case 'diverged':
      return null;
  }
}

/** The part of the settings that a run takes while it goes on. */
export function liveSettings(training: TrainingSpec): Required<LiveSettings> {
  return {
    lr: training.optimizer.lr,
    clipGradNorm: training.clipGradNorm,
    epochs: training.epochs,
    stopWhen: training.stopWhen,
  };
}

/** What of the draft's live settings the run does not have; null where it has them all. */
export function liveDifference(draft: TrainingSpec, run: TrainingSpec): LiveSettings | null {
  const [wanted, has] = [liveSettings(draft), liveSettings(run)];
  const different: LiveSettings = {};
  if (wanted.lr !== has.lr) different.lr = wanted.lr;
  if (wanted.clipGradNorm !== has.clipGradNorm) different.clipGradNorm = wanted.clipGradNorm;
  if (wanted.epochs !== has.epochs) different.epochs = wanted.epochs;
  const [{ stopWhen: a }, { stopWhen: b }] = [wanted, has];
  if (a.lossBelow !== b.lossBelow || a.rightFor !== b.rightFor) different.stopWhen = a;
  return Object.keys(different).length > 0 ? different : null;
}

/** Settings that wait for the next run, as text by name; a name that an optimizer lacks is missing. */
export function waitingSettings(training: TrainingSpec): Record<string, string> {
  const { optimizer } = training;
  const settings: Record<string, string> = {
    optimizer: optimizerNames[optimizer.name],
    loss: training.loss,
    batchSize: String(training.batchSize),
    seed: String(training.seed),
    weightDecay: String(optimizer.weightDecay),
    carryState: String(training.carryState ?? true),
    restoreBest: String(training.restoreBest ?? false),
  };
  if ('betas' in optimizer) settings.betas = optimizer.betas.join(', ');
  if ('momentum' in optimizer) settings.momentum = String(optimizer.momentum);
  if ('alpha' in optimizer) settings.alpha = String(optimizer.alpha);
  return settings;
}

/** The run's value of each waiting setting that the draft has otherwise. */
export function waitingDifference(draft: TrainingSpec, run: TrainingSpec): Record<string, string> {
  const has = waitingSettings(run);
  const wanted = Object.entries(waitingSettings(draft));
  return Object.fromEntries(
    wanted.filter(([name, value]) => name in has && has[name] !== value).map(([name]) => [name, has[name]!]),
  );
}

/** Whatever a seed field draws: a whole number of at most four digits, as one would type. */
export function randomSeed(random: () => number = Math.random): number {
  return Math.floor(random() * 10_000);
}

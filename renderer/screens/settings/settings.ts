/**
 * The run settings as data: which of them a running run takes at once, which wait, and where draft and run
 * differ.
 */
import type { LiveSettings, RunState } from '../../../engine/api.ts';
import { optimizerDefaults } from '../../../engine/data/defaults.ts';
import type {
  EarlyStopping,
  OptimizerSpec,
  SchedulerSpec,
  TrainingSpec,
} from '../../../engine/model/experiment.ts';
import { t } from '../../text/text.svelte.ts';

export const optimizerNames: Record<OptimizerSpec['name'], string> = {
  adam: 'Adam',
  adamw: 'AdamW',
  sgd: 'SGD',
  rmsprop: 'RMSprop',
};

/** Another optimizer with PyTorch's defaults, keeping the learning rate. */
export function otherOptimizer(name: OptimizerSpec['name'], lr: number): OptimizerSpec {
  return { ...optimizerDefaults[name], lr } as OptimizerSpec;
}

/**
 * The part of a change of live settings that a run in this state takes. A run that can go on takes
 * everything. A run that has done all its epochs takes only a larger number of epochs, so that its record
 * stays what it was trained with. null: the run takes nothing.
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

/** The settings that a run takes while it goes on. */
export function liveSettings(training: TrainingSpec): Required<LiveSettings> {
  return {
    lr: training.optimizer.lr,
    clipGradNorm: training.clipGradNorm,
    epochs: training.epochs,
    stopWhen: training.stopWhen,
  };
}

/** The draft's live settings that the run does not have; null: it has them all. */
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

type LiveField = 'epochs' | 'clipGradNorm' | 'stopWhen';
type FieldOf<Union> = Union extends unknown ? keyof Union : never;
type OptimizerField = Exclude<FieldOf<OptimizerSpec>, 'name' | 'lr'>;
/** A field of the document that waits for the next run. */
export type WaitingField = Exclude<keyof TrainingSpec, LiveField> | OptimizerField;

const onOff = (on: boolean) => t(on ? 'train_on' : 'train_off');

/** The text of each waiting field; `null`: these settings have no such field. */
const texts: { [Field in WaitingField]: (training: TrainingSpec) => string | null } = {
  optimizer: ({ optimizer }) => optimizerNames[optimizer.name],
  betas: ({ optimizer }) => ('betas' in optimizer ? optimizer.betas.join(', ') : null),
  alpha: ({ optimizer }) => ('alpha' in optimizer ? String(optimizer.alpha) : null),
  momentum: ({ optimizer }) => ('momentum' in optimizer ? String(optimizer.momentum) : null),
  nesterov: ({ optimizer }) => ('nesterov' in optimizer ? onOff(optimizer.nesterov) : null),
  eps: ({ optimizer }) => ('eps' in optimizer ? String(optimizer.eps) : null),
  weightDecay: ({ optimizer }) => String(optimizer.weightDecay),
  scheduler: ({ scheduler }) => schedulerText(scheduler),
  loss: ({ loss }) => t(loss === 'mean' ? 'train_reduction_mean' : 'train_reduction_sum'),
  batchSize: ({ batchSize }) => String(batchSize),
  shuffle: ({ shuffle }) => onOff(shuffle),
  carryState: ({ carryState }) => onOff(carryState ?? true),
  seed: ({ seed }) => String(seed),
  earlyStopping: ({ earlyStopping }) => patienceText(earlyStopping),
  restoreBest: ({ restoreBest }) => onOff(restoreBest ?? false),
};

/** Written as PyTorch constructs it: `StepLR(step_size=30, gamma=0.1)`. */
export function schedulerText(scheduler: SchedulerSpec | null): string {
  switch (scheduler?.name) {
    case undefined:
      return t('train_off');
    case 'step':
      return `StepLR(step_size=${scheduler.stepSize}, gamma=${scheduler.gamma})`;
    case 'exponential':
      return `ExponentialLR(gamma=${scheduler.gamma})`;
    case 'cosine':
      return `CosineAnnealingLR(T_max=${scheduler.tMax}, eta_min=${scheduler.etaMin})`;
  }
}

/** `no better for 10 epochs (loss), min_delta 0`. */
export function patienceText(rule: EarlyStopping | null): string {
  if (rule === null) return t('train_off');
  const { patience, minDelta } = rule;
  const metric = t(rule.metric === 'loss' ? 'train_metric_loss' : 'train_metric_validation');
  return t('train_patience_has', { patience, metric, minDelta });
}

/** A schedule of a kind with its initial settings, for a run of so many epochs. */
export function newScheduler(name: SchedulerSpec['name'], epochs: number): SchedulerSpec {
  switch (name) {
    case 'step':
      return { name, stepSize: Math.max(1, Math.round(epochs / 3)), gamma: 0.1 };
    case 'exponential':
      return { name, gamma: 0.95 };
    case 'cosine':
      return { name, tMax: epochs, etaMin: 0 };
  }
}

/** The run's value of each waiting field in which the draft differs; a field that either lacks is left out. */
export function waitingDifference(
  draft: TrainingSpec,
  run: TrainingSpec,
): Partial<Record<WaitingField, string>> {
  const different: Partial<Record<WaitingField, string>> = {};
  for (const field of Object.keys(texts) as WaitingField[]) {
    const [wanted, has] = [texts[field](draft), texts[field](run)];
    if (wanted !== null && has !== null && wanted !== has) different[field] = has;
  }
  return different;
}

/** A new seed, drawn at random: a whole number of at most four digits, as one would type. */
export function randomSeed(random: () => number = Math.random): number {
  return Math.floor(random() * 10_000);
}

import type { LiveSettings } from '../api.ts';
import { type Problem, problem } from '../errors.ts';
import type { SequenceExperiment } from '../model/experiment.ts';

/** The most epochs that a run may have. */
export const epochLimit = 10_000_000;

/** Returns every problem that keeps these settings from being used. */
export function checkLiveSettings({ lr, clipGradNorm, epochs, stopWhen }: LiveSettings): Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: string, value: unknown, needs: string) => {
    const message = `${path} is ${value}; it needs ${needs}`;
    problems.push(problem('live-setting', path, message, { value: String(value) }));
  };
  const isPositive = (value: number) => Number.isFinite(value) && value > 0;
  if (lr !== undefined && !isPositive(lr)) {
    refuse('training.optimizer.lr', lr, 'a finite number above 0');
  }
  if (clipGradNorm !== undefined && clipGradNorm !== null && !isPositive(clipGradNorm)) {
    refuse('training.clipGradNorm', clipGradNorm, 'a finite number above 0, or null');
  }
  if (epochs !== undefined && !(Number.isInteger(epochs) && epochs >= 1 && epochs <= epochLimit)) {
    refuse('training.epochs', epochs, `a whole number from 1 to ${epochLimit}`);
  }
  if (stopWhen !== undefined) {
    const { lossBelow, rightFor } = stopWhen;
    if (lossBelow !== null && !Number.isFinite(lossBelow)) {
      refuse('training.stopWhen.lossBelow', lossBelow, 'a finite number, or null');
    }
    if (rightFor !== null && !(Number.isInteger(rightFor) && rightFor >= 1)) {
      refuse('training.stopWhen.rightFor', rightFor, 'a whole number from 1, or null');
    }
  }
  return problems;
}

/** The document with these settings in place. */
export function withLiveSettings(experiment: SequenceExperiment, settings: LiveSettings): SequenceExperiment {
  const { training } = experiment;
  const { lr, clipGradNorm, epochs, stopWhen } = settings;
  return {
    ...experiment,
    training: {
      ...training,
      epochs: epochs ?? training.epochs,
      clipGradNorm: clipGradNorm === undefined ? training.clipGradNorm : clipGradNorm,
      stopWhen: stopWhen ?? training.stopWhen,
      optimizer: lr === undefined ? training.optimizer : { ...training.optimizer, lr },
    },
  };
}

import { type Problem, problem } from '../errors.ts';
import type { OptimizerSpec, SchedulerSpec, TrainingSpec } from '../model/experiment.ts';
import { trainingLimits as limits } from './limits.ts';
import { checkRange } from './ranges.ts';

/** Every problem of the training settings by themselves; ranges are torch.optim's own where it has them. */
export function checkTraining(training: TrainingSpec, path = 'training'): Problem[] {
  const { stopWhen, earlyStopping, scheduler, clipGradNorm } = training;
  const found = [
    ...checkRange(training.epochs, `${path}.epochs`, { whole: true, atLeast: 1, atMost: limits.epochs }),
    ...checkRange(training.batchSize, `${path}.batchSize`, {
      whole: true,
      atLeast: 1,
      atMost: limits.batchSize,
    }),
    ...checkRange(training.seed, `${path}.seed`, { whole: true, atLeast: 0, atMost: limits.seed }),
    ...checkOptimizer(training.optimizer, `${path}.optimizer`),
  ];
  if (scheduler) found.push(...checkScheduler(scheduler, `${path}.scheduler`));
  if (clipGradNorm !== null) found.push(...checkRange(clipGradNorm, `${path}.clipGradNorm`, { above: 0 }));
  if (earlyStopping) {
    const at = `${path}.earlyStopping`;
    found.push(...checkRange(earlyStopping.patience, `${at}.patience`, { whole: true, atLeast: 1 }));
    found.push(...checkRange(earlyStopping.minDelta, `${at}.minDelta`, { atLeast: 0 }));
  }
  if (stopWhen.lossBelow !== null) {
    found.push(...checkRange(stopWhen.lossBelow, `${path}.stopWhen.lossBelow`, { above: 0 }));
  }
  if (stopWhen.rightFor !== null) {
    found.push(...checkRange(stopWhen.rightFor, `${path}.stopWhen.rightFor`, { whole: true, atLeast: 1 }));
  }
  return found;
}

function checkOptimizer(optimizer: OptimizerSpec, path: string): Problem[] {
  const found = [
    ...checkRange(optimizer.lr, `${path}.lr`, { above: 0 }),
    ...checkRange(optimizer.weightDecay, `${path}.weightDecay`, { atLeast: 0 }),
  ];
  switch (optimizer.name) {
    case 'sgd':
      found.push(...checkRange(optimizer.momentum, `${path}.momentum`, { atLeast: 0 }));
      if (optimizer.nesterov && optimizer.momentum === 0) {
        const message = `${path}.nesterov is true with momentum 0; Nesterov's step needs a momentum above 0`;
        found.push(problem('nesterov-momentum', `${path}.nesterov`, message));
      }
      break;
    case 'adam':
    case 'adamw':
      optimizer.betas.forEach((beta, i) => {
        found.push(...checkRange(beta, `${path}.betas[${i}]`, { atLeast: 0, below: 1 }));
      });
      found.push(...checkRange(optimizer.eps, `${path}.eps`, { atLeast: 0 }));
      break;
    case 'rmsprop':
      found.push(...checkRange(optimizer.alpha, `${path}.alpha`, { atLeast: 0 }));
      found.push(...checkRange(optimizer.eps, `${path}.eps`, { atLeast: 0 }));
      found.push(...checkRange(optimizer.momentum, `${path}.momentum`, { atLeast: 0 }));
      break;
    default:
      optimizer satisfies never;
  }
  return found;
}

function checkScheduler(scheduler: SchedulerSpec, path: string): Problem[] {
  switch (scheduler.name) {
    case 'step':
      return [
        ...checkRange(scheduler.stepSize, `${path}.stepSize`, { whole: true, atLeast: 1 }),
        ...checkRange(scheduler.gamma, `${path}.gamma`, { above: 0 }),
      ];
    case 'exponential':
      return checkRange(scheduler.gamma, `${path}.gamma`, { above: 0 });
    case 'cosine':
      return [
        ...checkRange(scheduler.tMax, `${path}.tMax`, { whole: true, atLeast: 1 }),
        ...checkRange(scheduler.etaMin, `${path}.etaMin`, { atLeast: 0 }),
      ];
  }
}

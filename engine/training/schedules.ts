import type { SchedulerSpec } from '../model/experiment.ts';

/** The learning rate of an epoch (from 1) as torch.optim.lr_scheduler sets it, stepped once after each epoch. */
export function learningRate(scheduler: SchedulerSpec | null, lr: number, epoch: number): number {
  const done = epoch - 1;
  if (scheduler === null) return lr;
  switch (scheduler.name) {
    case 'step':
      return lr * scheduler.gamma ** Math.floor(done / scheduler.stepSize);
    case 'exponential':
      return lr * scheduler.gamma ** done;
    case 'cosine': {
      const share = (1 + Math.cos((Math.PI * done) / scheduler.tMax)) / 2;
      return scheduler.etaMin + (lr - scheduler.etaMin) * share;
    }
  }
}

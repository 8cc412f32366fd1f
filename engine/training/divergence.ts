/** Finds where in a training step a number stopped being finite. */
import { type Problem, problem } from '../errors.ts';
import type { Parameters } from '../layers/parameters.ts';
import type { OptimizerSpec } from '../model/experiment.ts';
import { type Model, outputRows } from '../model/model.ts';
import type { Floats } from '../tensor/floats.ts';
import type { Packing } from '../tensor/packing.ts';
import { totalNorm } from './clip.ts';

/** Where a training step stands, both counted from 1. */
export interface Place {
  epoch: number;
  batch: number;
}

/**
 * Names the first tensor of the forward pass, in the order of computation, that holds a number which is not finite.
 * Names the loss, a sum of cross entropies, where only the loss is not finite in float32.
 */
export function findBadActivation(model: Model, packing: Packing, lossSum: number, place: Place): Problem {
  for (const [l, { directions }] of model.recurrent.layers.entries()) {
    for (const { reverse, H, buffers } of directions) {
      const found = findBadStep(buffers.h, H, packing, reverse);
      if (found === null) continue;
      return diverged(`the output of layer ${l} at step ${found.t + 1}`, found.value, place);
    }
  }
  const bad = findNonFinite(model.logits, 0, outputRows(model, packing) * model.sizes.outputSize);
  if (bad !== -1) return diverged('the logits', model.logits[bad]!, place);
  return isFinite32(lossSum)
    ? notFound('the loss', place)
    : diverged('the loss', Math.fround(lossSum), place);
}

/**
 * The first step with a bad number in h [N, H], in the order of computation; t counts from 0. null where every
 * number is finite.
 */
function findBadStep(
  h: Floats,
  H: number,
  { T, starts }: Packing,
  reverse: boolean,
): { t: number; value: number } | null {
  for (let k = 0; k < T; k++) {
    const t = reverse ? T - 1 - k : k;
    const bad = findNonFinite(h, starts[t]! * H, starts[t + 1]! * H);
    if (bad !== -1) return { t, value: h[bad]! };
  }
  return null;
}

/**
 * Names the first gradient that is not finite, in the order of the state dict, or the norm where only the norm is
 * not finite in float32.
 */
export function findBadGradient({ entries, gradients }: Parameters, place: Place): Problem {
  for (const { key, gradient } of entries) {
    const bad = findNonFinite(gradient, 0, gradient.length);
    if (bad !== -1) return diverged(`the gradient of ${key}`, gradient[bad]!, place);
  }
  const norm = totalNorm(gradients);
  return isFinite32(norm)
    ? notFound('the gradient norm', place)
    : diverged('the gradient norm', Number.POSITIVE_INFINITY, place);
}

/**
 * Names the first parameter, in the order of the state dict, in which an update left a number that is not finite;
 * null where all are finite.
 */
export function findBadParameter(
  { entries, values }: Parameters,
  optimizer: OptimizerSpec,
  place: Place,
): Problem | null {
  if (findNonFinite(values, 0, values.length) === -1) return null;
  for (const { key, value, gradient } of entries) {
    const bad = findNonFinite(value, 0, value.length);
    if (bad === -1) continue;
    // No token reached this weight: its gradient, and what the optimizer remembers of it, are 0.
    const lacksEps = 'eps' in optimizer && Math.fround(optimizer.eps) === 0 && gradient[bad] === 0;
    return diverged(`${key} after the update`, value[bad]!, place, lacksEps ? 'eps' : 'lr');
  }
  return null;
}

/** Names the bad parameter that the kernels have reported, and puts back the values from before the update. */
export function takeBackUpdate(
  parameters: Parameters,
  valuesBefore: Floats,
  optimizer: OptimizerSpec,
  place: Place,
): Problem {
  const bad = findBadParameter(parameters, optimizer, place) ?? notFound('an updated weight', place);
  parameters.values.set(valuesBefore);
  return bad;
}

/** Whether a float32 can hold the value: reported losses and norms are float32. */
export function isFinite32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

/** The problem of a validation loss that is not finite, though the weights are. */
export function badValidation(loss: number, place: Place): Problem {
  return diverged('the validation loss', loss, place);
}

/**
 * The problem of a report by the kernels that the numbers do not confirm: an error of the engine itself, which ends
 * the run all the same.
 */
function notFound(what: string, { epoch, batch }: Place): Problem {
  const message =
    `the kernels report that ${what} is not finite in epoch ${epoch}, batch ${batch}, but every number is; ` +
    'this is an error of the lab itself, and the run cannot go on';
  return problem('kernel-report', 'training', message, { what, epoch, batch });
}

/** The problem of a call that trained nothing and gave no reason; without it, the call would be repeated forever. */
export function noProgressMade({ epoch, batch }: Place): Problem {
  const message =
    `the kernels trained nothing in epoch ${epoch}, batch ${batch}, and say that nothing is wrong; ` +
    'this is an error of the lab itself, and the run cannot go on';
  return problem('kernel-report', 'training', message, { what: '', epoch, batch });
}

function findNonFinite(values: Floats, from: number, to: number): number {
  for (let i = from; i < to; i++) if (values[i]! - values[i]! !== 0) return i;
  return -1;
}

/** Advice that usually helps, by the setting that it changes. */
const advice = {
  lr: 'A smaller learning rate or clipGradNorm usually helps',
  eps: 'training.optimizer.eps is 0 in float32, which makes 0 / 0 of a gradient of 0; 1e-8 is usual',
};

function diverged(
  tensor: string,
  value: number,
  { epoch, batch }: Place,
  helps: keyof typeof advice = 'lr',
): Problem {
  const where = `${tensor} is ${value} in epoch ${epoch}, batch ${batch}`;
  const message = `${where}; training needs finite numbers. ${advice[helps]}`;
  return problem('diverged', 'training', message, { tensor, value: String(value), epoch, batch, helps });
}

/** Finds where the numbers stopped being numbers. */
import { type Problem, problem } from '../errors.ts';
import type { Parameters } from '../layers/parameters.ts';
import type { OptimizerSpec } from '../model/experiment.ts';
import { type Model, outputRows } from '../model/model.ts';
import type { Floats } from '../tensor/floats.ts';
import type { Packing } from '../tensor/packing.ts';
import { totalNorm } from './clip.ts';

/** Where a step of training was, as a sentence says it. */
export interface Place {
  epoch: number;
  batch: number;
}

/**
 * The first tensor of the forward pass, in the order of computing, that holds a number which is not finite; the loss
 * itself, a sum of cross entropies, where that alone is none in float32.
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

/** Of h [N, H], in the order in which the steps are computed; t from 0. */
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

/** The first gradient, in the order of the state dict; the norm itself where that alone is none in float32. */
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

/** The first parameter, in the order of the state dict, that an update made something else than a finite number. */
export function findBadParameter(
  { entries, values }: Parameters,
  optimizer: OptimizerSpec,
  place: Place,
): Problem | null {
  if (findNonFinite(values, 0, values.length) === -1) return null;
  for (const { key, value, gradient } of entries) {
    const bad = findNonFinite(value, 0, value.length);
    if (bad === -1) continue;
    // A weight that no token reached: its gradient, and what the optimizer remembers of it, are 0.
    const lacksEps = 'eps' in optimizer && Math.fround(optimizer.eps) === 0 && gradient[bad] === 0;
    return diverged(`${key} after the update`, value[bad]!, place, lacksEps ? 'eps' : 'lr');
  }
  return null;
}

/** The same for kernels that have reported one; puts back the values from before the update. */
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

/** Whether a float32 holds it: what is told of a run, its losses and norms, is float32. */
export function isFinite32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

/** The loss of what is held back is no number; the weights are. */
export function badValidation(loss: number, place: Place): Problem {
  return diverged('the validation loss', loss, place);
}

/** The kernels say what the numbers do not bear out: an error of the engine's own, which ends the run all the same. */
function notFound(what: string, { epoch, batch }: Place): Problem {
  const message =
    `the kernels report that ${what} is not finite in epoch ${epoch}, batch ${batch}, but every number is; ` +
    'this is an error of the lab itself, and the run cannot go on';
  return problem('kernel-report', 'training', message, { what, epoch, batch });
}

/** A call that trained nothing and named no reason would be made again for ever. */
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

/** What usually helps, by the setting that it changes. */
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

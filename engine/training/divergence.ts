/** Finds where the numbers stopped being numbers. */
import { type Problem, problem } from '../errors.ts';
import type { Parameters } from '../layers/parameters.ts';
import { type Model, outputRows } from '../model/model.ts';
import type { Floats } from '../tensor/floats.ts';
import type { Packing } from '../tensor/packing.ts';

/** Where a step of training was, as a sentence says it. */
export interface Place {
  epoch: number;
  batch: number;
}

/** The first tensor of the forward pass, in the order of computing, that holds a number which is not finite. */
export function findBadActivation(model: Model, packing: Packing, place: Place): Problem {
  const { H, D } = model.recurrent.sizes;
  for (const [l, layer] of model.recurrent.layers.entries()) {
    const bad = findNonFinite(layer.output, packing.N * D * H);
    if (bad === -1) continue;
    const row = Math.floor(bad / (D * H));
    const t = packing.starts.findIndex((_, step) => packing.starts[step + 1]! > row);
    return diverged(`the output of layer ${l} at step ${t + 1}`, layer.output[bad]!, place);
  }
  const bad = findNonFinite(model.logits, outputRows(model, packing) * model.sizes.outputSize);
  return bad === -1
    ? diverged('the loss', Number.NaN, place)
    : diverged('the logits', model.logits[bad]!, place);
}

/** The first gradient, in the order of the state dict. */
export function findBadGradient(parameters: Parameters, place: Place): Problem {
  for (const { key, gradient } of parameters.entries) {
    const bad = findNonFinite(gradient, gradient.length);
    if (bad !== -1) return diverged(`the gradient of ${key}`, gradient[bad]!, place);
  }
  return diverged('the gradient norm', Number.POSITIVE_INFINITY, place);
}

/** The first parameter, in the order of the state dict, that an update made something else than a finite number. */
export function findBadParameter(parameters: Parameters, place: Place): Problem | null {
  if (findNonFinite(parameters.values, parameters.values.length) === -1) return null;
  for (const { key, value } of parameters.entries) {
    const bad = findNonFinite(value, value.length);
    if (bad !== -1) return diverged(`${key} after the update`, value[bad]!, place);
  }
  return null;
}

function findNonFinite(values: Floats, count: number): number {
  for (let i = 0; i < count; i++) if (values[i]! - values[i]! !== 0) return i;
  return -1;
}

function diverged(tensor: string, value: number, { epoch, batch }: Place): Problem {
  const message =
    `${tensor} is ${value} in epoch ${epoch}, batch ${batch}; training needs finite numbers. ` +
    'A smaller learning rate or clipGradNorm usually helps';
  return problem('diverged', 'training', message, { tensor, value: String(value), epoch, batch });
}

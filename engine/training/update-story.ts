/** Lists the quantities of one update of torch.optim; optimizers.ts defines what is computed. */
import type { UpdateColumn, UpdateQuantity } from '../api.ts';
import type { OptimizerSpec } from '../model/experiment.ts';

/** Operands of one parameter, or of any stretch of parameters. */
export interface UpdateOperands {
  lr: number;
  /** Count of updates so far, this one included. */
  steps: number;
  /** Factor of the gradient: below 1 where it is clipped. */
  clip: number;
  value: Float32Array;
  /** The gradient before clipping. */
  gradient: Float32Array;
  /** The optimizer's state before the update, by its own names. */
  before: Record<string, Float32Array>;
  after: Record<string, Float32Array>;
  valueAfter: Float32Array;
}

/**
 * The quantities in the order of computation. Quantities that a setting makes needless (no clipping, no decay, no
 * momentum) are left out. State and weights are the run's own; the other quantities are computed from them and
 * rounded once.
 */
export function updateColumns(spec: OptimizerSpec, operands: UpdateOperands): UpdateColumn[] {
  const { lr, clip, value, gradient, valueAfter } = operands;
  const columns: UpdateColumn[] = [];
  const add = (quantity: UpdateQuantity, data: Float32Array) => {
    columns.push({ quantity, data });
    return data;
  };
  const made = (quantity: UpdateQuantity, at: (i: number) => number) =>
    add(
      quantity,
      Float32Array.from(value, (_, i) => at(i)),
    );
  add('value', value);
  let g = add('gradient', gradient);
  const raw = g;
  if (clip < 1) g = made('clipped', (i) => raw[i]! * clip);
  const { weightDecay } = spec;
  const clipped = g;
  if (weightDecay !== 0 && spec.name === 'adamw') made('shrunk', (i) => value[i]! * (1 - lr * weightDecay));
  else if (weightDecay !== 0) g = made('decayed', (i) => clipped[i]! + weightDecay * value[i]!);
  const change = changeBy(spec, operands, g, add, made);
  made('delta', (i) => -change(i));
  add('valueAfter', valueAfter);
  return columns;
}

/** The amount subtracted from the weight at index i. */
function changeBy(
  spec: OptimizerSpec,
  { lr, steps, before, after }: UpdateOperands,
  g: Float32Array,
  add: (quantity: UpdateQuantity, data: Float32Array) => Float32Array,
  made: (quantity: UpdateQuantity, at: (i: number) => number) => Float32Array,
): (i: number) => number {
  switch (spec.name) {
    case 'sgd': {
      const { momentum, nesterov } = spec;
      if (momentum === 0) return (i) => lr * g[i]!;
      add('bufferBefore', before.momentum!);
      const buffer = add('buffer', after.momentum!);
      const direction = nesterov ? made('direction', (i) => g[i]! + momentum * buffer[i]!) : buffer;
      return (i) => lr * direction[i]!;
    }
    case 'adam':
    case 'adamw': {
      const [beta1, beta2] = spec.betas;
      const eps = Math.fround(spec.eps);
      add('mBefore', before.m!);
      add('vBefore', before.v!);
      const m = add('m', after.m!);
      const v = add('v', after.v!);
      const [ofM, ofV] = [1 - beta1 ** steps, 1 - beta2 ** steps];
      made('mHat', (i) => m[i]! / ofM);
      made('vHat', (i) => v[i]! / ofV);
      return (i) => ((lr / ofM) * m[i]!) / (Math.sqrt(v[i]!) / Math.sqrt(ofV) + eps);
    }
    case 'rmsprop': {
      const { momentum } = spec;
      const eps = Math.fround(spec.eps);
      add('squaresBefore', before.squares!);
      const squares = add('squares', after.squares!);
      const scaled = made('scaled', (i) => g[i]! / (Math.sqrt(squares[i]!) + eps));
      if (momentum === 0) return (i) => lr * scaled[i]!;
      add('bufferBefore', before.momentum!);
      const buffer = add('buffer', after.momentum!);
      return (i) => lr * buffer[i]!;
    }
  }
}

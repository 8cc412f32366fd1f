/** Describes a run's optimizers to the WebAssembly module (engine/kernels/wasm/structs.ts). */
import type { WasmProgram } from '../kernels/program.ts';
import type { Struct } from '../kernels/wasm-structs.ts';
import type { OptimizerSpec } from '../model/experiment.ts';
import type { PartOptimizer } from './part-optimizers.ts';

/** A linked list of structs, in the order of the parts. */
export function describeOptimizers(
  program: WasmProgram,
  spec: OptimizerSpec,
  parts: readonly PartOptimizer[],
): Struct<'Optimizer'>[] {
  const structs = program.structs('Optimizer', parts.length);
  let at = 0;
  for (const [i, { optimizer, ofInitialState, values }] of parts.entries()) {
    const [first, second] = optimizer.state.map((state) => program.place(state.values));
    structs[i]!.set({
      next: structs[i + 1]?.at ?? 0,
      at,
      count: values.length,
      ofInitialState: ofInitialState ? 1 : 0,
      first: first ?? 0,
      second: second ?? 0,
      ...numbersOf(spec),
    });
    at += values.length;
  }
  return structs;
}

/** Numbers for the fields of wasm/structs.ts; kinds: 0 sgd, 1 adam, 2 adamw, 3 rmsprop. */
function numbersOf(spec: OptimizerSpec) {
  const { weightDecay } = spec;
  switch (spec.name) {
    case 'sgd':
      return { kind: 0, momentum: spec.momentum, nesterov: spec.nesterov ? 1 : 0, weightDecay };
    case 'adam':
    case 'adamw': {
      const [beta1, beta2] = spec.betas;
      return { kind: spec.name === 'adam' ? 1 : 2, beta1, beta2, eps: spec.eps, weightDecay };
    }
    case 'rmsprop':
      return { kind: 3, beta2: spec.alpha, eps: spec.eps, momentum: spec.momentum, weightDecay };
  }
}

/** Interventions: states that are overwritten while a sequence is read. */
import { type Problem, problem } from '../errors.ts';
import type { Direction } from '../layers/direction.ts';
import type { Model } from '../model/model.ts';
import type { StatePatch } from '../questions.ts';

/** Problems of these patches on a sequence of T steps, the first of each patch. */
export function checkPatches(model: Model, patches: readonly StatePatch[], T: number): Problem[] {
  return patches.flatMap((patch, i) => {
    const at = { path: `patches[${i}]`, number: i + 1 };
    return checkPlace(model, patch, at) ?? checkSteps(patch, T, at) ?? checkValues(model, patch, at) ?? [];
  });
}

/** Where a patch stands in the question; `number` counts from 1. */
interface At {
  path: string;
  number: number;
}

function checkPlace({ recurrent }: Model, { layer, reverse, state }: StatePatch, { path, number }: At) {
  const { L, cell } = recurrent.sizes;
  if (!(Number.isInteger(layer) && layer >= 0 && layer < L)) {
    const message = `${path}.layer is ${layer}; the model has layers 0 to ${L - 1}`;
    return [problem('patch-layer', `${path}.layer`, message, { number, layer, last: L - 1 })];
  }
  if (!recurrent.layers[layer]!.directions.some((one) => one.reverse === reverse)) {
    const message = `${path}.reverse is ${reverse}; the model reads in one direction`;
    return [problem('patch-direction', `${path}.reverse`, message, { number })];
  }
  if (state === 'h' || cell.hasCellState) return null;
  const message = `${path}.state is c; the cell has h alone`;
  return [problem('patch-state', `${path}.state`, message, { number })];
}

/** The details count steps from 1, as the window's t does. */
function checkSteps({ step, until, set }: StatePatch, T: number, { path, number }: At) {
  const isStep = (t: number) => Number.isInteger(t) && t >= 0 && t < T;
  if (step !== null && !isStep(step)) {
    const message = `${path}.step is ${step}; the input has steps 0 to ${T - 1}`;
    return [problem('patch-step', `${path}.step`, message, { number, t: step + 1, steps: T })];
  }
  if (until !== undefined && step === null) {
    const message = `${path}.until is ${until}; the initial state is one state, without later steps`;
    return [problem('patch-until-initial', `${path}.until`, message, { number })];
  }
  if (until !== undefined && !(isStep(until) && until >= step!)) {
    const message = `${path}.until is ${until}; it needs a step from ${step} to ${T - 1}`;
    const details = { number, t: until + 1, first: step! + 1, steps: T };
    return [problem('patch-until', `${path}.until`, message, details)];
  }
  if (set !== 'freeze' || step !== null) return null;
  const message = `${path}.set is freeze; before the initial state there is none`;
  return [problem('patch-freeze', `${path}.set`, message, { number })];
}

function checkValues({ recurrent }: Model, { units, set }: StatePatch, { path, number }: At) {
  const { H } = recurrent.sizes;
  const unknown = (units ?? []).find((unit) => !(Number.isInteger(unit) && unit >= 0 && unit < H));
  if (unknown !== undefined) {
    const message = `${path}.units holds ${unknown}; the layer has units 0 to ${H - 1}`;
    return [problem('patch-units', `${path}.units`, message, { number, unit: unknown, last: H - 1 })];
  }
  if (typeof set === 'string') return null;
  const count = units?.length ?? H;
  if (set.length !== count) {
    const message = `${path}.set has ${set.length} values for ${count} units; it needs as many`;
    return [problem('patch-count', `${path}.set`, message, { number, values: set.length, units: count })];
  }
  if (set.every(Number.isFinite)) return null;
  const message = `${path}.set holds a value that is not finite; all must be`;
  return [problem('patch-finite', `${path}.set`, message, { number })];
}

/** Sets the patches of the next forward passes, each of one sequence; an empty list removes them. */
export function setPatches({ recurrent }: Model, patches: readonly StatePatch[]): void {
  for (const [l, { directions }] of recurrent.layers.entries()) {
    for (const direction of directions) {
      const own = patches.filter(({ layer, reverse }) => layer === l && reverse === direction.reverse);
      // c first: h_t is remade from c_t, which would undo a patch of h_t.
      const inOrder = [
        ...own.filter(({ state }) => state === 'c'),
        ...own.filter(({ state }) => state === 'h'),
      ];
      direction.intervene =
        own.length === 0
          ? null
          : (t) => {
              for (const patch of inOrder) if (isDone(patch, t)) setState(direction, patch, t);
            };
    }
  }
}

function isDone({ step, until }: StatePatch, t: number | null): boolean {
  if (t === null || step === null) return t === step;
  return t >= step && t <= (until ?? step);
}

function setState(direction: Direction, { state, units, set }: StatePatch, t: number | null): void {
  const { H, buffers, hState, cState, cell } = direction;
  const [after, before] = state === 'h' ? [buffers.h, buffers.hPrevious] : [buffers.c, buffers.cPrevious];
  const values = t === null ? (state === 'h' ? hState : cState) : after;
  const count = units?.length ?? H;
  for (let i = 0; i < count; i++) {
    const at = (t ?? 0) * H + (units?.[i] ?? i);
    values[at] = set === 'zero' ? 0 : set === 'freeze' ? before[at]! : set[i]!;
    if (t === null) continue;
    if (state === 'c') cell.remakeFromC!(buffers, at);
    // A cell with one gate, as the plain cell, has h as that gate, so the patch overwrites it too.
    else if (cell.gates.length === 1) buffers.gates[at] = values[at]!;
  }
}

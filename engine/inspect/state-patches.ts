/** Interventions: states that are overwritten while a sequence is read. */
import { type Problem, problem } from '../errors.ts';
import type { Direction } from '../layers/direction.ts';
import type { Model } from '../model/model.ts';
import type { StatePatch } from '../questions.ts';

/** Problems of these patches on a sequence of T steps, the first of each patch. */
export function checkPatches(model: Model, patches: readonly StatePatch[], T: number): Problem[] {
  return patches.flatMap((patch, i) => {
    const wrong = checkPatch(model, patch, T);
    if (wrong === null) return [];
    const [field, message] = wrong;
    const path = `patches[${i}].${field}`;
    return [problem('state-patch', path, `${path} ${message}`, { patch: i, field })];
  });
}

type Wrong = readonly [field: keyof StatePatch, message: string];

function checkPatch({ recurrent }: Model, patch: StatePatch, T: number): Wrong | null {
  const { layer, reverse, step, until, state, units, set } = patch;
  const { L, H, cell } = recurrent.sizes;
  const isStep = (t: number) => Number.isInteger(t) && t >= 0 && t < T;
  const direction = recurrent.layers[layer]?.directions.find((one) => one.reverse === reverse);
  if (!(Number.isInteger(layer) && layer >= 0 && layer < L))
    return ['layer', `is ${layer}; the model has layers 0 to ${L - 1}`];
  if (direction === undefined) return ['reverse', `is ${reverse}; the model reads in one direction`];
  if (step !== null && !isStep(step)) return ['step', `is ${step}; the input has steps 0 to ${T - 1}`];
  if (until !== undefined && !(isStep(until) && until >= (step ?? Infinity)))
    return ['until', `is ${until}; it needs a step from ${step} to ${T - 1}`];
  if (state === 'c' && !cell.hasCellState) return ['state', 'is c; the cell has h alone'];
  const unknown = (units ?? []).find((unit) => !(Number.isInteger(unit) && unit >= 0 && unit < H));
  if (unknown !== undefined) return ['units', `holds ${unknown}; the layer has units 0 to ${H - 1}`];
  if (set === 'freeze' && step === null) return ['set', 'is freeze; before the initial state there is none'];
  const count = units?.length ?? H;
  if (typeof set === 'string') return null;
  if (set.length !== count) return ['set', `has ${set.length} values for ${count} units; it needs as many`];
  return set.every(Number.isFinite) ? null : ['set', 'holds a value that is not finite; all must be'];
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

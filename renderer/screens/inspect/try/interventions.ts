/** Interventions on the states of A: what the user chose, and the patches that a question takes. Pure. */
import type { StatePatch, Trace } from '../../../../engine/questions.ts';
import { subscript } from '../numbers/number-scale.ts';

export const interventionKinds = ['zero', 'set', 'freeze', 'swap'] as const;
export type InterventionKind = (typeof interventionKinds)[number];

/** What is done to a state of A on the way. */
export interface Intervention {
  kind: InterventionKind;
  state: 'h' | 'c';
  layer: number;
  reverse: boolean;
  /** From 0; −1: the initial state. */
  step: number;
  /** From the step on until the end, or at it alone. */
  isLasting: boolean;
  /** null: all units. */
  unit: number | null;
  /** What `set` sets. */
  value: number;
}

const marks = ['′', '″', '‴', '⁗'];

/** `A′`, `A″`, …; from the fifth on with its number. */
export function variantName(index: number): string {
  return `A${marks[index] ?? subscript(index + 1)}`;
}

/** The most variants of A at a time. */
export const mostVariants = 6;

/** The states of one direction that B went through. */
export function statesOf(
  trace: Trace,
  { layer, reverse, state }: Pick<Intervention, 'layer' | 'reverse' | 'state'>,
) {
  const direction = trace.directions.find((one) => one.layer === layer && one.reverse === reverse);
  return (state === 'h' ? direction?.h : direction?.c) ?? null;
}

/**
 * The patches of one intervention on an input of T steps; `other`: B's trace, for a swap. A swap that lasts ends where B
 * ends. null: it cannot be done, since B is missing or too short.
 */
export function patchesOf(
  { kind, state, layer, reverse, step, isLasting, unit, value }: Intervention,
  T: number,
  hiddenSize: number,
  other: Trace | null,
): StatePatch[] | null {
  const units = unit === null ? null : [unit];
  const place = { layer, reverse, state, units };
  // Of a shorter text the step is not there; nothing else is overwritten in its place.
  if (step >= T) return null;
  const at = step < 0 ? null : step;
  const until = isLasting ? { until: T - 1 } : {};
  if (kind === 'zero' || kind === 'freeze') return [{ ...place, step: at, ...until, set: kind }];
  if (kind === 'set') {
    const set = new Float32Array(unit === null ? hiddenSize : 1).fill(value);
    return [{ ...place, step: at, ...until, set }];
  }
  const states = other && statesOf(other, { layer, reverse, state });
  if (!states || at === null) return null;
  const steps = states.length / hiddenSize;
  const last = isLasting ? Math.min(T, steps) - 1 : at;
  if (at >= steps) return null;
  return Array.from({ length: last - at + 1 }, (_, i) => {
    const row = states.subarray((at + i) * hiddenSize, (at + i + 1) * hiddenSize);
    return { ...place, step: at + i, set: unit === null ? row.slice() : row.slice(unit, unit + 1) };
  });
}

/** `h₃ ← 0`, `c₂… ← c(B)`, `h₅[16] ← h₄`: an intervention in signs. */
export function interventionSigns(one: Intervention): string {
  const { kind, state, step, isLasting, unit, value } = one;
  const at = `${state}${subscript(step + 1)}${isLasting ? '…' : ''}${unit === null ? '' : `[${unit}]`}`;
  const previous = `${state}${one.reverse ? subscript(step + 2) : subscript(step)}`;
  const to = {
    zero: '0',
    set: String(value).replace('-', '−'),
    freeze: previous,
    swap: `${state}${subscript(step + 1)}${isLasting ? '…' : ''}(B)`,
  } satisfies Record<InterventionKind, string>;
  return `${at} ← ${to[kind]}`;
}

/** The stages of one pass in their order, and how the user gets to them. Pure. */
import { readNumber } from '../../../components/number-text.ts';
import type { Phase } from '../../../state/cursor.svelte.ts';

/** T forward steps, the loss, T backward steps, the update; `t` counts from 0, and is 0 for loss and update. */
export interface Stage {
  phase: Phase;
  t: number;
}

/** The place of a stage among `2 T + 2`: F 1 … T, L, B T … 1, U; a step beyond the last counts as the last. */
export function stageIndex({ phase, t }: Stage, steps: number): number {
  const step = Math.min(Math.max(t, 0), Math.max(0, steps - 1));
  switch (phase) {
    case 'forward':
      return step;
    case 'loss':
      return steps;
    case 'backward':
      return 2 * steps - step;
    case 'update':
      return 2 * steps + 1;
  }
}

export function stageAt(index: number, steps: number): Stage {
  const last = 2 * steps + 1;
  const at = Math.min(Math.max(index, 0), last);
  if (at < steps) return { phase: 'forward', t: at };
  if (at === steps) return { phase: 'loss', t: 0 };
  return at < last ? { phase: 'backward', t: 2 * steps - at } : { phase: 'update', t: 0 };
}

/** `F2`, `L`, `B3`, `U`. */
export function stageName({ phase, t }: Stage): string {
  return { forward: `F ${t + 1}`, loss: 'L', backward: `B ${t + 1}`, update: 'U' }[phase];
}

/** What was typed into the go-to field: a stage's name, or its number from 1; null: neither. */
export function readStage(text: string, steps: number): Stage | null {
  const [, letter = '', figures = ''] = /^\s*([flbu]?)\s*(\d*)\s*$/i.exec(text.normalize('NFKC')) ?? [];
  const read = readNumber(figures, { whole: true });
  const number = read.ok ? read.value : null;
  switch (letter.toLowerCase()) {
    case 'l':
      return number === null ? { phase: 'loss', t: 0 } : null;
    case 'u':
      return number === null ? { phase: 'update', t: 0 } : null;
    case 'f':
    case 'b':
      if (number === null || number < 1 || number > steps) return null;
      return { phase: letter.toLowerCase() === 'f' ? 'forward' : 'backward', t: number - 1 };
    default:
      return number === null || number < 1 || number > 2 * steps + 2 ? null : stageAt(number - 1, steps);
  }
}

/** Where play stops. */
export type Breakpoint =
  | { kind: 'stage'; stage: Stage }
  /** At a forward step whose prediction is wrong. */
  | { kind: 'wrong' }
  /** At a backward step where the norm of ∂L/∂h_t is above the bound. */
  | { kind: 'norm'; above: number };

/** What the breakpoints need to know of a pass. */
export interface PassFacts {
  steps: number;
  /** Whether the prediction at a step is wrong; false where none is made. */
  isWrong(t: number): boolean;
  /** ‖∂L/∂h_t‖ of the direction on screen. */
  norm(t: number): number;
}

export function stopsAt(breakpoint: Breakpoint, stage: Stage, facts: PassFacts): boolean {
  switch (breakpoint.kind) {
    case 'stage':
      return stageIndex(breakpoint.stage, facts.steps) === stageIndex(stage, facts.steps);
    case 'wrong':
      return stage.phase === 'forward' && facts.isWrong(stage.t);
    case 'norm':
      return stage.phase === 'backward' && facts.norm(stage.t) > breakpoint.above;
  }
}

/** The next stage after `from` at which a breakpoint stops; the last stage where none does. */
export function nextStop(from: number, breakpoints: readonly Breakpoint[], facts: PassFacts): number {
  const last = 2 * facts.steps + 1;
  for (let index = from + 1; index < last; index++) {
    const stage = stageAt(index, facts.steps);
    if (breakpoints.some((breakpoint) => stopsAt(breakpoint, stage, facts))) return index;
  }
  return last;
}

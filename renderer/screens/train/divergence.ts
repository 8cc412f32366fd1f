/** Where a run's numbers stopped being numbers, in words of any language. */
import type { Problem } from '../../../engine/errors.ts';
import type { Words } from '../../text/text.svelte.ts';

/** What the engine's `diverged` problems name (engine/training/divergence.ts), by the shape of its words. */
const places: [RegExp, (match: RegExpExecArray) => Words][] = [
  [
    /^the output of layer (\d+) at step (\d+)$/,
    ([, layer, step]) => ({ key: 'train_bad_output', values: { layer: layer!, step: step! } }),
  ],
  [/^the gradient of (.+)$/, ([, name]) => ({ key: 'train_bad_gradient', values: { name: name! } })],
  [/^(.+) after the update$/, ([, name]) => ({ key: 'train_bad_update', values: { name: name! } })],
  [/^the logits$/, () => ({ key: 'train_bad_logits', values: {} })],
  [/^the gradient norm$/, () => ({ key: 'train_bad_gradient_norm', values: {} })],
  [/^the loss$/, () => ({ key: 'train_bad_loss', values: {} })],
  [/^the validation loss$/, () => ({ key: 'train_bad_validation_loss', values: {} })],
];

/** The first tensor that was not finite; null where the problem speaks of something that is not known here. */
export function badTensor({ code, details }: Problem): Words | null {
  if (code !== 'diverged') return null;
  for (const [pattern, words] of places) {
    const match = pattern.exec(String(details.tensor));
    if (match) return words(match);
  }
  return null;
}

/** What to try instead of a learning rate that let a run diverge: a tenth, and never more than 0.01. */
export function lowerLr(lr: number): number {
  return Number(Math.min(0.01, lr / 10).toPrecision(2));
}

/** A problem's words as a sentence among others: a capital at the start, a full stop at the end. */
export function asSentence(text: string): string {
  const ended = /[.!?。！？]$/.test(text) ? text : `${text}${/\p{Script=Han}/u.test(text) ? '。' : '.'}`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}

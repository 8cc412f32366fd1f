/** Where a run's numbers stopped being finite, in words of any language. */
import type { Problem } from '../../../engine/errors.ts';
import type { Words } from '../../text/text.svelte.ts';

/**
 * The places named by the engine's `diverged` problems (engine/training/divergence.ts), recognised by their
 * wording.
 */
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

/** The first tensor that was not finite; null where the problem names a place that is not known here. */
export function badTensor({ code, details }: Problem): Words | null {
  if (code !== 'diverged') return null;
  for (const [pattern, words] of places) {
    const match = pattern.exec(String(details.tensor));
    if (match) return words(match);
  }
  return null;
}

/** The learning rate to try after a run has diverged: a tenth, and never more than 0.01. */
export function lowerLr(lr: number): number {
  return Number(Math.min(0.01, lr / 10).toPrecision(2));
}

/** A problem's text as a sentence among others: with a capital at the start and a full stop at the end. */
export function asSentence(text: string): string {
  const ended = /[.!?。！？]$/.test(text) ? text : `${text}${/\p{Script=Han}/u.test(text) ? '。' : '.'}`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}

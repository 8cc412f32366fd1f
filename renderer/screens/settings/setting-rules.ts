/** What values a run setting may have: takes a value, gives null or the sentence to show in its field. */
import { trainingLimits } from '../../../engine/data/limits.ts';
import { readNumbers } from '../../components/number-text.ts';
import type { TextKey, Words } from '../../text/text.svelte.ts';

export interface NumberRule {
  /** Whole numbers only. */
  whole?: boolean;
  above?: number;
  atLeast?: number;
  below?: number;
  atMost?: number;
}

/**
 * The rules of the fields: those of engine/data/check-training.ts, in a form that can be said in any
 * language.
 */
export const rules = {
  lr: { above: 0 },
  clipGradNorm: { above: 0 },
  epochs: { whole: true, atLeast: 1, atMost: trainingLimits.epochs },
  batchSize: { whole: true, atLeast: 1, atMost: trainingLimits.batchSize },
  seed: { whole: true, atLeast: 0, atMost: trainingLimits.seed },
  beta: { atLeast: 0, below: 1 },
  eps: { atLeast: 0 },
  weightDecay: { atLeast: 0 },
  momentum: { atLeast: 0 },
  alpha: { atLeast: 0 },
  stepSize: { whole: true, atLeast: 1, atMost: Number.MAX_SAFE_INTEGER },
  gamma: { above: 0 },
  tMax: { whole: true, atLeast: 1, atMost: Number.MAX_SAFE_INTEGER },
  etaMin: { atLeast: 0 },
  patience: { whole: true, atLeast: 1, atMost: Number.MAX_SAFE_INTEGER },
  minDelta: { atLeast: 0 },
  rightFor: { whole: true, atLeast: 1, atMost: Number.MAX_SAFE_INTEGER },
  lossBelow: { above: 0 },
} satisfies Record<string, NumberRule>;

/** The sentence that says what is wrong with a value; null: nothing is. */
export function wrongWith(value: number, rule: NumberRule): Words | null {
  const found = numberWords(value);
  const words = (key: TextKey, limit: number): Words => ({
    key,
    values: { found, limit: numberWords(limit) },
  });
  if (rule.whole && !Number.isInteger(value)) return { key: 'train_wrong_whole', values: { found } };
  if (rule.above !== undefined && value <= rule.above) return words('train_wrong_above', rule.above);
  if (rule.atLeast !== undefined && value < rule.atLeast) return words('train_wrong_at_least', rule.atLeast);
  if (rule.below !== undefined && value >= rule.below) return words('train_wrong_below', rule.below);
  if (rule.atMost !== undefined && value > rule.atMost) return words('train_wrong_at_most', rule.atMost);
  return null;
}

/** Reads `0.9, 0.999`: Adam's betas, both in [0, 1). */
export function readBetas(text: string): { ok: true; value: [number, number] } | { ok: false; words: Words } {
  const read = readNumbers(text, 2);
  if (!read.ok) return read;
  const [first, second, ...more] = read.value;
  if (first === undefined || second === undefined || more.length > 0) {
    return { ok: false, words: { key: 'train_wrong_betas', values: {} } };
  }
  const words = wrongWith(first, rules.beta) ?? wrongWith(second, rules.beta);
  return words ? { ok: false, words } : { ok: true, value: [first, second] };
}

/** The learning rate's slider covers log10 from 1e-4 to 1; a typed value may go past its ends. */
export const lrSlider = { low: -4, high: 0, step: 0.01 };

export function lrToSlider(lr: number): number {
  return Math.min(lrSlider.high, Math.max(lrSlider.low, Math.log10(lr)));
}

/** Rounds to two significant digits, so that the slider gives numbers that one would type. */
export function sliderToLr(place: number): number {
  return Number((10 ** place).toPrecision(2));
}

function numberWords(value: number): string {
  const text =
    Number.isInteger(value) && Math.abs(value) >= 10_000 ? value.toLocaleString('en-US') : String(value);
  return text.replaceAll('-', '−');
}

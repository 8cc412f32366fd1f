/** What one may type into the run settings: text in, a number or the sentence to show out. Engine limits are here. */
import type { TextKey, TextValues } from '../text/text.svelte.ts';

export type Checked<T> = { ok: true; value: T } | { ok: false; key: TextKey; values: TextValues };

export interface NumberRule {
  /** Whole numbers only. */
  whole?: boolean;
  above?: number;
  atLeast?: number;
  below?: number;
  atMost?: number;
}

/** The rules of the fields, as engine/formats/experiment.ts has them. */
export const rules = {
  lr: { above: 0, atMost: 1000 },
  clipGradNorm: { above: 0 },
  epochs: { whole: true, atLeast: 1, atMost: 1_000_000 },
  batchSize: { whole: true, atLeast: 1, atMost: 1_000_000 },
  seed: { whole: true, atLeast: 0, atMost: 2 ** 32 - 1 },
  beta: { atLeast: 0, below: 1 },
  eps: { above: 0 },
  weightDecay: { atLeast: 0 },
  momentum: { atLeast: 0, below: 1 },
  alpha: { atLeast: 0, below: 1 },
  rightFor: { whole: true, atLeast: 1, atMost: 1_000_000 },
  lossBelow: { above: 0 },
  patience: { whole: true, atLeast: 1, atMost: 1_000_000 },
} satisfies Record<string, NumberRule>;

/** Reads `0.05`, `1e-3`, `5E-4`, `−1` (either minus) and `1,000`; everything else is a sentence. */
export function readNumber(text: string, rule: NumberRule): Checked<number> {
  const plain = text
    .trim()
    .replaceAll('−', '-')
    .replaceAll(/,(?=\d{3}(\D|$))/g, '');
  if (plain === '') return { ok: false, key: 'train_wrong_empty', values: {} };
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) {
    return { ok: false, key: 'train_wrong_number', values: { text: text.trim() } };
  }
  return checkNumber(Number(plain), rule);
}

export function checkNumber(value: number, rule: NumberRule): Checked<number> {
  const found = String(value).replaceAll('-', '−');
  const wrong = (key: TextKey, limit: number): Checked<number> => ({
    ok: false,
    key,
    values: { found, limit: limitText(limit) },
  });
  if (!Number.isFinite(value)) return { ok: false, key: 'train_wrong_finite', values: {} };
  if (rule.whole && !Number.isInteger(value))
    return { ok: false, key: 'train_wrong_whole', values: { found } };
  if (rule.above !== undefined && value <= rule.above) return wrong('train_wrong_above', rule.above);
  if (rule.atLeast !== undefined && value < rule.atLeast) return wrong('train_wrong_at_least', rule.atLeast);
  if (rule.below !== undefined && value >= rule.below) return wrong('train_wrong_below', rule.below);
  if (rule.atMost !== undefined && value > rule.atMost) return wrong('train_wrong_at_most', rule.atMost);
  return { ok: true, value };
}

/** `0.9, 0.999`: Adam's betas, both in [0, 1). */
export function readBetas(text: string): Checked<[number, number]> {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  if (parts.length !== 2) return { ok: false, key: 'train_wrong_betas', values: { count: parts.length } };
  const [first, second] = [readNumber(parts[0]!, rules.beta), readNumber(parts[1]!, rules.beta)];
  if (!first.ok) return first;
  if (!second.ok) return second;
  return { ok: true, value: [first.value, second.value] };
}

/** The learning rate's slider runs over log10 from 1e-4 to 1; a typed value may go past its ends. */
export const lrSlider = { low: -4, high: 0, step: 0.01 };

export function lrToSlider(lr: number): number {
  return Math.min(lrSlider.high, Math.max(lrSlider.low, Math.log10(lr)));
}

/** Two significant digits, so that the slider gives numbers one would type. */
export function sliderToLr(place: number): number {
  return Number((10 ** place).toPrecision(2));
}

function limitText(limit: number): string {
  return Number.isInteger(limit) ? limit.toLocaleString('en-US').replaceAll('-', '−') : String(limit);
}

/** How far the target's logit is above the rival's, and which unit decides it. Pure. */
import type { Prediction, UnitPatches } from '../../../../engine/questions.ts';

/** logit(target) − logit(rival) at every step. */
export function marginsOf(
  { logits }: Pick<Prediction, 'logits'>,
  vocabularySize: number,
  target: number,
  rival: number,
): Float32Array {
  return Float32Array.from({ length: logits.length / vocabularySize }, (_, k) =>
    Math.fround(logits[k * vocabularySize + target]! - logits[k * vocabularySize + rival]!),
  );
}

/** Tokens to compare at a step: what A says there, and what B says instead, else A's second likeliest. */
export function defaultPair(
  own: Pick<Prediction, 'logits' | 'predictedTokens'>,
  other: Pick<Prediction, 'predictedTokens'> | null,
  vocabulary: readonly string[],
  step: number,
): { target: number; rival: number } {
  const V = vocabulary.length;
  const row = Array.from({ length: V }, (_, v) => v).sort(
    (a, b) => own.logits[step * V + b]! - own.logits[step * V + a]! || a - b,
  );
  const target = row[0] ?? 0;
  const said = other ? vocabulary.indexOf(other.predictedTokens[step] ?? '') : -1;
  return { target, rival: said >= 0 && said !== target ? said : (row[1] ?? target) };
}

export interface DecidingUnit {
  unit: number;
  before: number;
  after: number;
  /** Of the other units the margin that goes furthest the same way; null: there is no other. */
  others: number | null;
  /** Whether the unit lowers the margin. */
  isLower: boolean;
}

/** The one unit that moves the margin of a step most when it alone is patched; null: none is tried, or none moves it. */
export function decidingUnit({ units, before, after }: UnitPatches, step: number): DecidingUnit | null {
  const K = before.length;
  const own = before[step];
  if (own === undefined || units.length === 0) return null;
  const at = (i: number) => after[i * K + step]!;
  let best = 0;
  for (let i = 1; i < units.length; i++) if (Math.abs(at(i) - own) > Math.abs(at(best) - own)) best = i;
  if (at(best) === own) return null;
  const isLower = at(best) < own;
  const rest = Array.from(units.keys())
    .filter((i) => i !== best)
    .map(at);
  const others = rest.length === 0 ? null : isLower ? Math.min(...rest) : Math.max(...rest);
  return { unit: units[best]!, before: own, after: at(best), others, isLower };
}

/** At most this many units are tried alone. */
export const mostUnits = 64;

/** Units to try: all, or evenly chosen ones. */
export function unitsToTry(hiddenSize: number): number[] {
  const count = Math.min(hiddenSize, mostUnits);
  return Array.from({ length: count }, (_, i) => Math.floor((i * hiddenSize) / count));
}

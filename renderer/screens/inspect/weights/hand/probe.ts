/** Which samples the effects of a changed weight are measured on. Pure. */
import type { PairQuestion } from '../../../../../engine/questions.ts';
import type { RunSample } from '../../../../state/run-samples.ts';

/** Most samples that are measured, so that the effects follow a hand at once. */
const mostSamples = 64;
/** Most multiply-adds of one sweep: well under a second. */
const mostWork = 400_000_000;

export interface ProbeLimits {
  samples: number;
  /** Tokens of all samples together. */
  tokens: number;
}

/** What a sweep of so many values may read without the window having to wait. */
export function probeLimits(parameters: number, sweepPoints: number): ProbeLimits {
  return {
    samples: mostSamples,
    tokens: Math.max(1, Math.floor(mostWork / (Math.max(1, parameters) * sweepPoints))),
  };
}

/** `count` of `of` indices, evenly spread, the first always among them. */
export function evenly(of: number, count: number): number[] {
  const taken = Math.min(of, count);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * of) / taken));
}

export interface Probe {
  /** Index in the run's samples, or stream of its text. */
  index: number;
  sample: RunSample;
  question: PairQuestion;
}

/**
 * Evenly chosen samples, as many as the limits allow, at least one. The text of a stream is cut to what is left: every
 * beginning of a language model's input is a whole question.
 */
export function chooseProbes(
  count: number,
  read: (index: number) => RunSample,
  ask: (sample: RunSample) => PairQuestion,
  isText: boolean,
  { samples, tokens }: ProbeLimits,
): Probe[] {
  const chosen = evenly(count, samples);
  const share = Math.max(8, Math.floor(tokens / Math.max(1, chosen.length)));
  const probes: Probe[] = [];
  let left = tokens;
  for (const index of chosen) {
    if (probes.length > 0 && left <= 0) break;
    const whole = read(index);
    const sample = isText
      ? { ...whole, input: whole.input.slice(0, share), target: whole.target.slice(0, share) }
      : whole;
    if (sample.input.length === 0 || (probes.length > 0 && sample.input.length > left)) continue;
    left -= sample.input.length;
    probes.push({ index, sample, question: ask(sample) });
  }
  return probes;
}

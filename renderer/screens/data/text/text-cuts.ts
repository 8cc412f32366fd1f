/**
 * How a language model's text is cut into a part held back, streams and windows, as training reads it.
 * Pure.
 */
import type { TextTokens } from '../../../../engine/data/text-tokens.ts';
import { heldBack } from '../../../../engine/data/validation.ts';

export interface TextCuts {
  /** The number of training tokens, from the start of the text. */
  trained: number;
  /** The number of tokens held back for validation, at the end of the text. */
  held: number;
  /** B, the batch size of the training. */
  streams: number;
  /** Steps of each stream: ⌊(trained − 1) / B⌋. */
  steps: number;
  /** T, the steps of a whole window. */
  window: number;
  /** Batches per epoch: the windows of a stream, of which the last may be shorter. */
  batches: number;
  /** Steps of the last window. */
  lastSteps: number;
  /** Training tokens at the end that no step reads or predicts. */
  unused: number;
}

/** @param fraction The share of the text held back at its end; 0: none. */
export function cutText(
  tokens: number,
  { fraction, batchSize, sequenceLength }: { fraction: number; batchSize: number; sequenceLength: number },
): TextCuts {
  const held = heldBack(tokens, fraction);
  const trained = tokens - held;
  const streams = batchSize;
  const steps = Math.max(0, Math.floor((trained - 1) / streams));
  const batches = Math.ceil(steps / sequenceLength);
  const lastSteps = batches === 0 ? 0 : steps - (batches - 1) * sequenceLength;
  // The token after the last step is that step's target.
  const unused = steps === 0 ? trained : trained - streams * steps - 1;
  return { trained, held, streams, steps, window: sequenceLength, batches, lastSteps, unused };
}

/** The name of a stream, from b1. */
export const streamName = (stream: number): string => `b${stream + 1}`;

export type TextPlace =
  | { kind: 'stream'; stream: number; step: number; batch: number }
  | { kind: 'unused' }
  | { kind: 'held' };

/**
 * Where token i is read: stream, step and batch, all from 0. The target of the very last step is read
 * nowhere.
 */
export function placeOf({ trained, streams, steps, window }: TextCuts, i: number): TextPlace {
  if (i >= trained) return { kind: 'held' };
  if (i >= streams * steps) return { kind: 'unused' };
  const stream = Math.floor(i / steps);
  const step = i - stream * steps;
  return { kind: 'stream', stream, step, batch: Math.floor(step / window) };
}

export interface Segment {
  /** The tokens from … to − 1. */
  from: number;
  to: number;
  kind: TextPlace['kind'];
  /** Neighbouring streams alternate in shade. */
  isOdd: boolean;
  /** The stream (from 0), or the part held back, that begins with this segment. */
  begins: number | 'held' | null;
  /** Whether a window ends with this segment's last token. */
  isWindowEnd: boolean;
}

/** A stretch of tokens, cut wherever their description changes. */
export function segmentsOf(cuts: TextCuts, from: number, to: number): Segment[] {
  const segments: Segment[] = [];
  for (let at = from; at < to; ) {
    const place = placeOf(cuts, at);
    const end = Math.min(to, endOf(cuts, place, to));
    segments.push({
      from: at,
      to: end,
      kind: place.kind,
      isOdd: place.kind === 'stream' && place.stream % 2 === 1,
      begins: beginsAt(cuts, place, at),
      isWindowEnd: place.kind === 'stream' && isWindowEnd(cuts, place, end),
    });
    at = end;
  }
  return segments;
}

function endOf({ trained, streams, steps, window }: TextCuts, place: TextPlace, last: number): number {
  if (place.kind === 'held') return last;
  if (place.kind === 'unused') return trained;
  const windowEnd = place.stream * steps + Math.min(steps, (place.batch + 1) * window);
  return Math.min(windowEnd, streams * steps);
}

function beginsAt({ trained }: TextCuts, place: TextPlace, at: number): Segment['begins'] {
  if (place.kind === 'held') return at === trained ? 'held' : null;
  return place.kind === 'stream' && place.step === 0 ? place.stream : null;
}

function isWindowEnd(
  { steps, window }: TextCuts,
  place: TextPlace & { kind: 'stream' },
  end: number,
): boolean {
  const stepAfter = end - place.stream * steps;
  return stepAfter === Math.min(steps, (place.batch + 1) * window);
}

export interface BatchLane {
  /** The stream's index, from 0. */
  stream: number;
  input: string[];
  target: string[];
}

export interface Stretch {
  from: number;
  to: number;
}

/**
 * Which of `count` items of a size are visible in a room at a scroll position, with one more on either
 * side.
 */
export function stretchOf(scrolled: number, room: number, size: number, count: number): Stretch {
  const from = Math.min(count, Math.max(0, Math.floor(scrolled / size) - 1));
  return { from, to: Math.max(from, Math.min(count, Math.ceil((scrolled + room) / size) + 1)) };
}

/** Some streams of batch k and some steps of each: what the network reads and what it should say. */
export function batchLanes(
  tokens: TextTokens,
  cuts: TextCuts,
  k: number,
  lanes: Stretch,
  steps: Stretch,
): BatchLane[] {
  const T = k === cuts.batches - 1 ? cuts.lastSteps : cuts.window;
  const shown = Math.max(0, Math.min(T, steps.to) - steps.from);
  return Array.from({ length: Math.min(cuts.streams, lanes.to) - lanes.from }, (_, i) => {
    const stream = lanes.from + i;
    const first = stream * cuts.steps + k * cuts.window + steps.from;
    const at = (offset: number) => Array.from({ length: shown }, (_, t) => tokens.token(first + t + offset));
    return { stream, input: at(0), target: at(1) };
  });
}

/** One parameter's gradient while it grows on the way back. */
import { failure, problem, type Result, success } from '../errors.ts';
import type {
  BackwardTrace,
  DirectionBackwardTrace,
  RunningGradient,
  RunningGradientQuestion,
} from '../questions.ts';
import { elementCount } from '../tensor/floats.ts';
import { backwardTraceInPieces } from './backward-trace.ts';
import type { TrainedModel } from './trained.ts';
import { unknownKey } from './weights.ts';

type Add = (index: number, value: number) => void;

/** What step t adds to a parameter. */
type Addition = (t: number, add: Add) => void;

/** The sum of what the steps so far have added, before and after the one that is asked for. */
export function* runningGradientInPieces(
  trained: TrainedModel,
  question: RunningGradientQuestion,
): Generator<void, Result<RunningGradient>> {
  const { key, at } = question;
  const back = yield* backwardTraceInPieces(trained, question);
  if (!back.ok) return back;
  const T = back.value.inputCodes.length;
  const whole = back.value.gradients[key];
  if (whole === undefined) return failure(unknownKey(key, trained));
  if (!(Number.isInteger(at) && at >= 0 && at < T)) {
    const message = `at is ${at}; this sequence has steps 0 to ${T - 1}`;
    return failure(problem('unknown-step', 'at', message, { step: at, steps: T }));
  }
  const { shape } = whole;
  const reverse = key.endsWith('_reverse');
  const isPassed = (t: number) => (reverse ? t < at : t > at);
  const addition = additionOf(key, back.value, shape);
  const sum = new Float64Array(elementCount(shape));
  const add: Add = (index, value) => {
    sum[index]! += value;
  };
  for (let t = 0; t < T; t++) if (isPassed(t)) addition(t, add);
  const before = Float32Array.from(sum);
  addition(at, add);
  return success({ shape, before, after: Float32Array.from(sum) });
}

function additionOf(key: string, back: BackwardTrace, shape: readonly number[]): Addition {
  const T = back.inputCodes.length;
  const width = shape[1] ?? 1;
  if (key === 'h0' || key === 'c0') return ofInitialState(key, back.directions, T);
  if (key === 'embedding.weight') {
    return (t, add) => {
      for (const { layer, dx } of back.directions)
        if (layer === 0)
          for (let e = 0; e < width; e++) add(back.inputCodes[t]! * width + e, dx[t * width + e]!);
    };
  }
  if (key === 'head.weight' || key === 'head.bias') {
    const K = back.targetCodes.length;
    const factors = key === 'head.bias' ? null : back.features;
    // Where the loss sees only the last states, the head has one addition, at t = T − 1.
    const rowAt = (t: number) => (K === T ? t : t === T - 1 ? 0 : null);
    return outer(back.dLogits, factors, shape[0]!, width, rowAt);
  }
  const [, name, layer, reverse] = /^rnn\.(\w+)_l(\d+)(_reverse)?$/.exec(key)!;
  const i = back.directions.findIndex(
    (one) => one.layer === Number(layer) && one.reverse === (reverse !== undefined),
  );
  const { dInputSums, dRecurrentSums } = back.directions[i]!;
  const forward = back.trace.directions[i]!;
  const d = name!.endsWith('_hh') ? (dRecurrentSums ?? dInputSums) : dInputSums;
  const operand = name === 'weight_ih' ? forward.x : name === 'weight_hh' ? forward.hPrevious : null;
  return outer(d, operand, shape[0]!, width, (t) => t);
}

/**
 * At step t adds row rowAt(t) of d times the same row of `factors` as a rank-one matrix; for a bias (no factors) that row
 * of d. Adds nothing where rowAt(t) is null.
 */
function outer(
  d: Float32Array, // [T or K, rows]
  factors: Float32Array | null, // [T or K, columns]
  rows: number,
  columns: number,
  rowAt: (t: number) => number | null,
): Addition {
  return (t, add) => {
    const at = rowAt(t);
    if (at === null) return;
    for (let r = 0; r < rows; r++) {
      const value = d[at * rows + r]!;
      if (factors === null) add(r, value);
      else for (let c = 0; c < columns; c++) add(r * columns + c, value * factors[at * columns + c]!);
    }
  };
}

/** h0 and c0 get what leaves each direction at its last step back. */
function ofInitialState(
  key: 'h0' | 'c0',
  directions: readonly DirectionBackwardTrace[],
  T: number,
): Addition {
  return (t, add) => {
    for (const [i, { reverse, dhPrevious, dcPrevious }] of directions.entries()) {
      if (t !== (reverse ? T - 1 : 0)) continue;
      const values = key === 'h0' ? dhPrevious : dcPrevious!;
      const H = values.length / T;
      for (let j = 0; j < H; j++) add(i * H + j, values[t * H + j]!);
    }
  };
}

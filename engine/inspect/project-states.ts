/** The path of h in a space of three directions. */
import { projectedInputs } from '../data/limits.ts';
import { failure, problem, type Result, success } from '../errors.ts';
import type { Model } from '../model/model.ts';
import type { OutputPlane, ProjectedStates, ProjectStatesQuestion, StateBasis } from '../questions.ts';
import { argmax } from '../tensor/floats.ts';
import { principalComponents } from '../tensor/principal.ts';
import { readSequence } from './predict.ts';
import { type TrainedModel, withModel } from './trained.ts';
import { checkDirection, encodeInputs, findDirection, startsOf } from './unit.ts';

const axes = 3;
/** Most numbers of all states together: 64 MiB as doubles. */
const stateLimit = 2 ** 23;

/** h_0 … h_T of each input along the widest directions of all of them, or along those of an earlier answer. */
export function* projectStatesInPieces(
  trained: TrainedModel,
  question: ProjectStatesQuestion,
): Generator<void, Result<ProjectedStates>> {
  const encoded = encodeInputs(trained, question.inputs, projectedInputs);
  if (!encoded.ok) return encoded;
  const inputs = encoded.value;
  const starts = startsOf(inputs.map((codes) => codes.length + 1));
  const count = starts.at(-1)!;
  const longest = Math.max(...inputs.map((codes) => codes.length));
  return yield* withModel(trained, longest, false, function* (model) {
    const { H } = model.recurrent.sizes;
    const wrong = [
      ...checkDirection(model, question),
      ...checkBasis(question.basis, H),
      ...checkCount(count, H),
    ];
    if (wrong.length > 0) return failure(...wrong);
    const says = new Int32Array(count).fill(-1);
    const states = new Float64Array(count * H); // [states, H]
    for (const [i, codes] of inputs.entries()) {
      yield* readSequence(model, codes);
      takeStates(model, question, codes.length, starts[i]!, states, says);
    }
    const mean = question.basis?.mean ?? meanOf(states, count, H);
    for (let n = 0; n < states.length; n++) states[n]! -= mean[n % H]!;
    yield;
    const directions = question.basis?.directions ?? widest(states, H);
    const basis = { mean, directions };
    const output = outputAlong(model, question, basis);
    return success({ basis, ...project(states, count, H, directions), starts, says, output });
  });
}

function takeStates(
  model: Model,
  { layer, reverse }: ProjectStatesQuestion,
  T: number,
  first: number,
  states: Float64Array,
  says: Int32Array,
): void {
  const { buffers, H } = findDirection(model, layer, reverse)!;
  const V = model.sizes.outputSize;
  const initial = reverse ? T - 1 : 0;
  // h_0 is what the direction's first step went on from.
  states.set(buffers.hPrevious.subarray(initial * H, (initial + 1) * H), (first + (reverse ? T : 0)) * H);
  for (let t = 0; t < T; t++) {
    const at = first + t + (reverse ? 0 : 1);
    states.set(buffers.h.subarray(t * H, (t + 1) * H), at * H);
    if (model.reads === 'every-step') says[at] = argmax(model.logits, t * V, V);
    else if (t === T - 1) says[at] = argmax(model.logits, 0, V);
  }
}

function meanOf(states: Float64Array, count: number, H: number): Float32Array {
  const sums = new Float64Array(H);
  for (let n = 0; n < states.length; n++) sums[n % H]! += states[n]!;
  return Float32Array.from(sums, (sum) => sum / count);
}

/** Directions of greatest variance, each turned so that its largest loading (first of equals) is positive. */
function widest(states: Float64Array, H: number): Float32Array {
  const { directions } = principalComponents(states, H, axes);
  for (let k = 0; k < axes; k++) {
    const row = directions.subarray(k * H, (k + 1) * H);
    let largest = 0;
    for (let j = 1; j < H; j++) if (Math.abs(row[j]!) > Math.abs(row[largest]!) * (1 + 1e-9)) largest = j;
    if (row[largest]! < 0) for (let j = 0; j < H; j++) row[j]! *= -1;
  }
  return Float32Array.from(directions);
}

function project(states: Float64Array, count: number, H: number, directions: Float32Array) {
  const points = new Float32Array(count * axes);
  const variances = new Float64Array(axes);
  let total = 0;
  for (let n = 0; n < count; n++) {
    for (let k = 0; k < axes; k++) {
      let along = 0;
      for (let j = 0; j < H; j++) along += states[n * H + j]! * directions[k * H + j]!;
      points[n * axes + k] = along;
      variances[k]! += (along * along) / count;
    }
    for (let j = 0; j < H; j++) total += states[n * H + j]! ** 2 / count;
  }
  return { points, variances, total };
}

/** The head's logits at the mean and along the directions; null where it reads other states than these alone. */
function outputAlong(
  { recurrent, headWeight, headBias, sizes }: Model,
  { layer }: ProjectStatesQuestion,
  { mean, directions }: StateBasis,
): OutputPlane | null {
  const { L, D, H } = recurrent.sizes;
  if (layer !== L - 1 || D !== 1) return null;
  if (headWeight === null) return { atMean: mean.slice(), along: directions.slice() };
  const V = sizes.outputSize;
  const { value } = headWeight;
  const times = (row: Float32Array) =>
    Float32Array.from({ length: V }, (_, v) => {
      let sum = 0;
      for (let j = 0; j < H; j++) sum += value[v * H + j]! * row[j]!;
      return sum;
    });
  const atMean = times(mean).map((sum, v) => sum + headBias!.value[v]!);
  const along = new Float32Array(axes * V);
  for (let k = 0; k < axes; k++) along.set(times(directions.subarray(k * H, (k + 1) * H)), k * V);
  return { atMean, along };
}

function checkBasis(basis: StateBasis | undefined, H: number) {
  if (basis === undefined || (basis.mean.length === H && basis.directions.length === axes * H)) return [];
  const message = `basis has a mean of ${basis.mean.length} and directions of ${basis.directions.length} numbers; ${H} units need ${H} and ${axes * H}`;
  return [
    problem('state-basis', 'basis', message, {
      mean: basis.mean.length,
      directions: basis.directions.length,
      units: H,
    }),
  ];
}

function checkCount(count: number, H: number) {
  if (count * H <= stateLimit) return [];
  const message = `inputs have ${count} states of ${H} units, ${count * H} numbers; the lab projects at most ${stateLimit}; fewer or shorter inputs have less`;
  return [problem('project-size', 'inputs', message, { states: count, units: H, limit: stateLimit })];
}

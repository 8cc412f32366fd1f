/** One unit over many inputs. */
import { unitInputs } from '../data/limits.ts';
import { failure, type Problem, problem, quote, type Result, success } from '../errors.ts';
import type { Model } from '../model/model.ts';
import type { UnitOverInputs, UnitQuestion } from '../questions.ts';
import { readSequence } from './predict.ts';
import { encodeInput, type TrainedModel, withModel } from './trained.ts';

/** A state or a gate of one unit at every step of each input. */
export function* unitInPieces(
  trained: TrainedModel,
  question: UnitQuestion,
): Generator<void, Result<UnitOverInputs>> {
  const encoded = encodeInputs(trained, question.inputs, unitInputs);
  if (!encoded.ok) return encoded;
  const inputs = encoded.value;
  const starts = startsOf(inputs.map((codes) => codes.length));
  const values = new Float32Array(starts.at(-1)!);
  const longest = Math.max(1, ...inputs.map((codes) => codes.length));
  return yield* withModel(trained, longest, false, function* (model) {
    const wrong = checkUnit(model, question);
    if (wrong.length > 0) return failure(...wrong);
    const { layer, reverse, unit, what } = question;
    const direction = findDirection(model, layer, reverse)!;
    const { H, buffers, cell } = direction;
    const gate = cell.gates.indexOf(what);
    const [from, width, column] =
      what === 'h'
        ? [buffers.h, H, unit]
        : what === 'c'
          ? [buffers.c, H, unit]
          : [buffers.gates, cell.gates.length * H, gate * H + unit];
    for (const [i, codes] of inputs.entries()) {
      yield* readSequence(model, codes);
      for (let t = 0; t < codes.length; t++) values[starts[i]! + t] = from[t * width + column]!;
    }
    return success({ starts, values });
  });
}

export const findDirection = ({ recurrent }: Model, layer: number, reverse: boolean) =>
  recurrent.layers[layer]?.directions.find((one) => one.reverse === reverse);

/** Start of each stretch of `counts` items, and the end of the last. */
export function startsOf(counts: readonly number[]): Int32Array {
  const starts = new Int32Array(counts.length + 1);
  for (const [i, count] of counts.entries()) starts[i + 1] = starts[i]! + count;
  return starts;
}

/** The codes of each input; a problem names which input it is of. */
export function encodeInputs(
  trained: TrainedModel,
  inputs: readonly string[],
  limit: number,
): Result<Int32Array[]> {
  if (inputs.length === 0 || inputs.length > limit) {
    const message = `inputs has ${inputs.length} inputs; one question takes 1 to ${limit}`;
    return failure(problem('input-count', 'inputs', message, { inputs: inputs.length, limit }));
  }
  const encoded = inputs.map((input) => encodeInput(trained, input));
  const problems = encoded.flatMap((one, i) =>
    one.ok ? [] : one.problems.map((found) => ({ ...found, path: `inputs[${i}]` })),
  );
  if (problems.length > 0) return failure(...problems);
  return success(encoded.flatMap((one) => (one.ok ? [one.value.codes] : [])));
}

export function checkDirection(
  model: Model,
  { layer, reverse }: { layer: number; reverse: boolean },
): Problem[] {
  if (findDirection(model, layer, reverse) !== undefined) return [];
  const { L, D } = model.recurrent.sizes;
  const message = `layer is ${layer}, reverse ${reverse}; the model has layers 0 to ${L - 1}, in ${D === 1 ? 'one direction' : 'both directions'}`;
  return [problem('unknown-layer', 'layer', message, { layer, reverse, layers: L, directions: D })];
}

function checkUnit(model: Model, question: UnitQuestion): Problem[] {
  const wrong = checkDirection(model, question);
  if (wrong.length > 0) return wrong;
  const { unit, what } = question;
  const { H, cell } = model.recurrent.sizes;
  if (!(Number.isInteger(unit) && unit >= 0 && unit < H)) {
    const message = `unit is ${unit}; the layer has units 0 to ${H - 1}`;
    return [problem('unknown-unit', 'unit', message, { unit, units: H })];
  }
  const known = [...new Set(['h', ...(cell.hasCellState ? ['c'] : []), ...cell.gates])];
  if (known.includes(what)) return [];
  const message = `what is ${quote(what)}; a unit of this cell has ${known.join(', ')}`;
  return [problem('unknown-quantity', 'what', message, { what, known: known.join(', ') })];
}

/** One intervention tried on each unit alone: which unit matters. */
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { type Model, outputRows } from '../model/model.ts';
import type { StatePatch, UnitPatches, UnitPatchesQuestion } from '../questions.ts';
import { packedOne } from '../tensor/packing.ts';
import { readPatched } from './predict.ts';
import { checkPatches } from './state-patches.ts';
import { encodeInput, type TrainedModel, withModel } from './trained.ts';

/** Most multiply-adds of one question, some seconds' work. */
const workLimit = 6_000_000_000;

/** The margin of one output token over another at every step, without patches, with all of them, and unit by unit. */
export function* unitPatchesInPieces(
  trained: TrainedModel,
  question: UnitPatchesQuestion,
): Generator<void, Result<UnitPatches>> {
  const encoded = encodeInput(trained, question.input);
  if (!encoded.ok) return encoded;
  const { codes } = encoded.value;
  return yield* withModel(trained, codes.length, false, function* (model) {
    const { patches } = question;
    const units = question.units ?? Array.from({ length: model.recurrent.sizes.H }, (_, unit) => unit);
    const wrong = checkQuestion(model, question, units, codes.length);
    if (wrong.length > 0) return failure(...wrong);
    const K = outputRows(model, packedOne(codes.length));
    const after = new Float32Array(units.length * K); // [units, K]
    yield* readPatched(model, codes, []);
    const before = marginsOf(model, question, K);
    yield* readPatched(model, codes, patches);
    const together = marginsOf(model, question, K);
    for (const [i, unit] of units.entries()) {
      yield* readPatched(
        model,
        codes,
        patches.map((patch) => onUnit(patch, unit)),
      );
      after.set(marginsOf(model, question, K), i * K);
      yield;
    }
    return success({ units: Int32Array.from(units), before, together, after });
  });
}

/** The unit's part of a patch of all units. */
function onUnit(patch: StatePatch, unit: number): StatePatch {
  const { set } = patch;
  return { ...patch, units: [unit], set: typeof set === 'string' ? set : set.subarray(unit, unit + 1) };
}

/** logit of `target` − logit of `rival` at each step of the sequence just read. */
function marginsOf({ logits, sizes }: Model, { target, rival }: UnitPatchesQuestion, K: number) {
  const V = sizes.outputSize;
  return Float32Array.from({ length: K }, (_, k) => logits[k * V + target]! - logits[k * V + rival]!);
}

function checkQuestion(
  model: Model,
  { patches, target, rival }: UnitPatchesQuestion,
  units: readonly number[],
  T: number,
): Problem[] {
  const V = model.sizes.outputSize;
  const { H } = model.recurrent.sizes;
  const token = [target, rival].find((one) => !(Number.isInteger(one) && one >= 0 && one < V));
  if (token !== undefined) {
    const message = `token ${token} is compared; the output vocabulary has tokens 0 to ${V - 1}`;
    return [problem('unknown-output', 'target', message, { token, last: V - 1 })];
  }
  const [first] = patches;
  const isOne = ({ layer, reverse, units: own }: StatePatch) =>
    own === null && layer === first!.layer && reverse === first!.reverse;
  if (first === undefined || !patches.every(isOne)) {
    const message = 'patches must be one or more, all of them of all units of one layer and direction';
    return [problem('unit-patches', 'patches', message)];
  }
  const unknown = units.find((unit) => !(Number.isInteger(unit) && unit >= 0 && unit < H));
  if (unknown !== undefined) {
    const message = `units holds ${unknown}; the layer has units 0 to ${H - 1}`;
    return [problem('unknown-unit', 'units', message, { unit: unknown, units: H })];
  }
  const work = (units.length + 2) * T * model.parameters.values.length;
  if (work > workLimit) return [tooMuchWork(units.length, T, work)];
  return checkPatches(model, patches, T);
}

function tooMuchWork(units: number, tokens: number, work: number): Problem {
  const message =
    `${units} units over ${tokens} tokens take ${work} multiply-adds through this model, ` +
    `the lab takes at most ${workLimit} at once; fewer units or a shorter input take less`;
  return problem('unit-patches-work', 'units', message, { units, tokens, work, limit: workLimit });
}

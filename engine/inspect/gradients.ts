/** Where a loss is felt: its gradient at every state and parameter. */
import { failure, type Result, success } from '../errors.ts';
import { finish } from '../kernels/pieces.ts';
import type { Gradients, GradientsQuestion } from '../questions.ts';
import { checkStep, goBack, readPair, takeNotes } from './pair.ts';
import { firstOf } from './predict.ts';
import type { TrainedModel } from './trained.ts';

/** The gradient of the cross entropy of one step, or of all summed, at every h_t and every parameter. */
export function findGradients(trained: TrainedModel, question: GradientsQuestion): Result<Gradients> {
  return finish(findGradientsInPieces(trained, question));
}

/** The same, yielding where long work may be interrupted. */
export function findGradientsInPieces(
  trained: TrainedModel,
  question: GradientsQuestion,
): Generator<void, Result<Gradients>> {
  const { step } = question;
  return readPair(trained, question, function* (read) {
    const { model, losses } = read;
    const wrong = checkStep(step, losses.length);
    if (wrong.length > 0) return failure(...wrong);
    yield* goBack(read, { step, divisor: 1 });
    const parameters: Gradients['parameters'] = {};
    for (const { key, shape, gradient } of model.parameters.entries) {
      parameters[key] = { shape: [...shape], data: firstOf(gradient, gradient.length) };
      yield;
    }
    const states = model.recurrent.layers.flatMap(({ directions }, layer) =>
      directions.map((direction) => ({
        layer,
        reverse: direction.reverse,
        dh: takeNotes(direction).dh,
      })),
    );
    const loss = step === null ? losses.reduce((sum, one) => sum + one, 0) : losses[step]!;
    return success({ loss, states, parameters });
  });
}

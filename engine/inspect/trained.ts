import type { TrainedModel } from '../api.ts';
import { quote } from '../data/samples.ts';
import { splitTokens } from '../data/tokens.ts';
import { encode, indexTokens } from '../data/vocabulary.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import { createModel, type Model, modelSize } from '../model/model.ts';
import { checkModel } from '../model/spec.ts';
import { loadStateDict } from '../model/weights.ts';

/** Looking at one sequence may take so many values (1 GiB). */
const valueLimit = 2 ** 28;

/** The model with its trained weights and room for one sequence of T steps; with `training`, for gradients too. */
export function loadTrained(trained: TrainedModel, T: number, training: boolean): Result<Model> {
  const sizes = { inputSize: trained.vocabulary.length, outputSize: trained.targetVocabulary.length };
  const problems = checkModel(trained.model, sizes);
  if (problems.length > 0) return failure(...problems);
  const reads = trained.task === 'label' ? 'last-step' : 'every-step';
  const capacity = { steps: T, sequences: 1, rows: T, training };
  const values = modelSize(trained.model, sizes, reads, capacity);
  if (values > valueLimit) {
    const message = `input of ${T} tokens needs ${values} values of memory, the lab takes at most ${valueLimit}; a shorter input needs less`;
    return failure(problem('memory', 'input', message, { values, limit: valueLimit }));
  }
  const model = createModel(trained.model, sizes, reads, capacity, createReferenceKernels());
  const misfits = loadStateDict(model.parameters, trained.weights, 'weights');
  return misfits.length > 0 ? failure(...misfits) : success(model);
}

/** The input's tokens and their codes, or every token that the vocabulary lacks. */
export function encodeInput(
  trained: TrainedModel,
  input: string,
): Result<{ tokens: string[]; codes: Int32Array }> {
  const tokens = splitTokens(input, trained.tokens);
  if (tokens.length === 0)
    return failure(problem('empty-input', 'input', 'input has no tokens; it needs 1 or more'));
  const index = indexTokens(trained.vocabulary);
  const unknown: Problem[] = [];
  for (const [t, token] of tokens.entries()) {
    if (index.has(token) || unknown.length === 20) continue;
    const message = `input: token ${quote(token)} at position ${t + 1} is not in the vocabulary of ${index.size} tokens`;
    unknown.push(
      problem('unknown-token', 'input', message, { token, position: t + 1, vocabularySize: index.size }),
    );
  }
  return unknown.length > 0 ? failure(...unknown) : success({ tokens, codes: encode(tokens, index) });
}

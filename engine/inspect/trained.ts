/** Trained weights that can be asked, with what has been made of them to answer. */
import { splitTokens } from '../data/tokens.ts';
import { encode, indexTokens } from '../data/vocabulary.ts';
import { failure, type Problem, problem, quote, type Result, success } from '../errors.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import type { StateDict } from '../model/check-weights.ts';
import type { SequenceDataset, TokenUnit } from '../model/experiment.ts';
import { createModel, type Model, modelSize } from '../model/model.ts';
import { checkModel, type DataSizes, type ModelSpec } from '../model/spec.ts';
import { loadStateDict } from '../model/weights.ts';
import type { Floats } from '../tensor/floats.ts';

/** Most numbers that a model made for one question may hold (1 GiB). */
const valueLimit = 2 ** 28;
/** Fewest steps of a model for 2 or more tokens, if memory allows, so that an input one token longer needs no other. */
const fewestSteps = 32;
/** Numbers copied between two yields, a millisecond. */
const valuesAPiece = 2 ** 20;

/** Weights with what is needed to read and use them: what a weights file holds. */
export interface TrainedWeights {
  readonly model: ModelSpec;
  readonly task: SequenceDataset['task'];
  readonly tokens: TokenUnit;
  readonly vocabulary: string[];
  readonly targetVocabulary: string[];
  /** `<unk>`: the vocabulary's token of that name is read for every token outside it. */
  readonly unknown?: 'refuse' | '<unk>';
  readonly weights: StateDict;
}

/** The same weights, ready to be asked again and again. They must not change. */
export interface TrainedModel extends TrainedWeights {
  /** What no question is using now, at most one of each kind. */
  readonly idle: {
    /** A model for reading alone. */
    reading: MadeModel | null;
    /** A model with room for gradients. */
    training: MadeModel | null;
    reader: Reader | null;
  };
}

interface MadeModel {
  model: Model;
  /** The longest sequence that there is room for. */
  steps: number;
  /** Numbers that it holds. */
  values: number;
}

/** A trained model that reads one token after another (`reader.ts`). */
export interface Reader {
  /** The scores of what follows the tokens read so far. */
  logits: Floats; // [V]
  /** Numbers that it holds. */
  values: number;
  /** Reads one token, which moves the state on; yields where long work may be interrupted. */
  read(code: number): Iterable<void>;
  /** Sets the state back to the initial one. */
  restart(): void;
}

/** Makes weights from any source ready to be asked. */
export function trainedModel(weights: TrainedWeights): TrainedModel {
  const { model, task, tokens, vocabulary, targetVocabulary, unknown } = weights;
  const idle = { reading: null, training: null, reader: null };
  return { model, task, tokens, vocabulary, targetVocabulary, unknown, weights: weights.weights, idle };
}

/** Copies tensors, so that later changes of the originals do not matter; yields where long work may be interrupted. */
export function* copyTensors(
  tensors: readonly { key: string; shape: readonly number[]; value: Floats }[],
): Generator<void, StateDict> {
  const copies: Record<string, { shape: readonly number[]; data: Float32Array }> = {};
  for (const { key, shape, value } of tensors) {
    const data = new Float32Array(value.length);
    for (let from = 0; from < value.length; from += valuesAPiece) {
      const until = from + valuesAPiece;
      data.set(value.subarray(from, until), from);
      if (from + valuesAPiece < value.length) yield;
    }
    copies[key] = { shape: [...shape], data };
    yield;
  }
  return copies;
}

/** How many numbers the weights and the idle models made of them hold. */
export function valuesHeld({ weights, idle }: TrainedModel): number {
  const made = [idle.reading, idle.training, idle.reader];
  const tensors = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
  return made.reduce((sum, one) => sum + (one?.values ?? 0), tensors);
}

/**
 * Asks a model with these weights and room for one sequence of T steps; with `training`, for gradients too. Uses the idle
 * model if it has room, else makes one; two questions at once have one each.
 */
export function* withModel<T>(
  trained: TrainedModel,
  T: number,
  training: boolean,
  ask: (model: Model) => Generator<void, Result<T>>,
): Generator<void, Result<T>> {
  const kind = training ? 'training' : 'reading';
  const idle = trained.idle[kind];
  trained.idle[kind] = null;
  const made = idle !== null && idle.steps >= T ? success(idle) : makeModel(trained, T, training);
  if (!made.ok) {
    trained.idle[kind] = idle;
    return made;
  }
  const answer = yield* ask(made.value.model);
  keepIdle(trained, kind, made.value);
  return answer;
}

/** Keeps the roomier of this model and the idle one. */
function keepIdle({ idle }: TrainedModel, kind: 'training' | 'reading', made: MadeModel): void {
  if ((idle[kind]?.steps ?? 0) < made.steps) idle[kind] = made;
}

/** A model with these weights for one sequence of T steps, that nobody else has. */
export function loadTrained(trained: TrainedWeights, T: number, training: boolean): Result<Model> {
  const made = makeModel(trained, T, training);
  return made.ok ? success(made.value.model) : made;
}

function makeModel(trained: TrainedWeights, T: number, training: boolean): Result<MadeModel> {
  const sizes = sizesOf(trained);
  const problems = checkModel(trained.model, sizes);
  if (problems.length > 0) return failure(...problems);
  const reads = trained.task === 'label' ? 'last-step' : 'every-step';
  const capacityOf = (steps: number) => ({ steps, sequences: 1, rows: steps, training });
  const valuesOf = (steps: number) => modelSize(trained.model, sizes, reads, capacityOf(steps));
  const needed = valuesOf(T);
  if (needed > valueLimit) {
    const message = `input of ${T} tokens needs ${needed} values of memory, the lab takes at most ${valueLimit}; a shorter input needs less`;
    return failure(problem('memory', 'input', message, { values: needed, limit: valueLimit }));
  }
  const roomy = Math.max(fewestSteps, 2 ** Math.ceil(Math.log2(T)));
  const steps = T > 1 && valuesOf(roomy) <= valueLimit ? roomy : T;
  const model = createModel(trained.model, sizes, reads, capacityOf(steps), createReferenceKernels());
  const misfits = loadStateDict(model.parameters, trained.weights, 'weights');
  return misfits.length > 0 ? failure(...misfits) : success({ model, steps, values: valuesOf(steps) });
}

export function sizesOf({ vocabulary, targetVocabulary }: TrainedWeights): DataSizes {
  return { inputSize: vocabulary.length, outputSize: targetVocabulary.length };
}

/** The input's tokens and their codes, or the first 20 tokens that the vocabulary lacks. */
export function encodeInput(
  trained: TrainedWeights,
  input: string,
): Result<{ tokens: string[]; codes: Int32Array }> {
  const tokens = splitTokens(input, trained.tokens);
  if (tokens.length === 0)
    return failure(problem('empty-input', 'input', 'input has no tokens; it needs 1 or more'));
  const index = indexTokens(trained.vocabulary, trained.unknown);
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

import { type Problem, problem } from '../errors.ts';
import { checkWeights } from '../model/check-weights.ts';
import type {
  ExperimentDocument,
  SequenceDataset,
  SequenceExperiment,
  ShapesDataset,
  TrainingSpec,
  Validation,
} from '../model/experiment.ts';
import {
  checkModel,
  checkModelRanges,
  type DataSizes,
  directions,
  type ModelSpec,
  parameterShapes,
} from '../model/spec.ts';
import { checkDataset } from './check-dataset.ts';
import { checkTraining } from './check-training.ts';
import { textTokens } from './text-tokens.ts';
import { heldBack } from './validation.ts';

/**
 * Every problem that keeps a well-formed experiment from being run: numbers out of range, samples that do not fit
 * their task, sizes that do not fit each other. An empty list means that it can be run. At the paths in `malformed`
 * the experiment has stand-ins for values that could not be read; no problems are reported about these or about
 * anything that depends on them.
 */
export function checkExperimentSense(
  experiment: ExperimentDocument,
  malformed: readonly string[] = [],
): Problem[] {
  const { dataset, model, training, initialWeights } = experiment;
  const sound = (...parts: string[]) => !parts.some((part) => malformed.some((path) => holds(part, path)));
  const readable = ({ path }: Problem) => !malformed.some((bad) => holds(bad, path) || holds(path, bad));
  const found: Problem[] = [];
  if (sound('dataset')) found.push(...checkDataset(dataset));
  else if (malformed.every((path) => !holds('dataset', path) || isInSample(path))) {
    found.push(
      ...checkDataset(dataset)
        .filter(({ path }) => isInSample(path))
        .filter(readable),
    );
  }
  if (sound('dataset', 'model')) {
    found.push(...checkModel(model, dataSizes(experiment)));
    if (dataset.task === 'shapes') found.push(...checkShapesModel(dataset, model));
  } else found.push(...checkModelRanges(model).filter(readable));
  // Where some settings are unreadable, only the ranges of the others can be checked.
  const settings = checkTraining(training).filter(readable);
  found.push(...settings.filter(({ code }) => sound('training') || code === 'number-range'));
  if (sound('dataset', 'training') && dataset.task !== 'shapes')
    found.push(...checkTogether(dataset, training));
  // Shapes can only be computed for a sound model.
  if (initialWeights !== null && found.length === 0 && sound('dataset', 'model', 'initialWeights')) {
    const shapes = parameterShapes(model, dataSizes(experiment));
    found.push(...checkWeights({ part: 'whole', weights: initialWeights }, shapes, 'initialWeights'));
  }
  return found;
}

/** Whether `path` is, or lies within, the part at `whole`. */
function holds(whole: string, path: string): boolean {
  return path.startsWith(whole) && (path.length === whole.length || /[.[]/.test(path[whole.length]!));
}

/** Whether the path lies within one sample; samples can be checked one by one. */
function isInSample(path: string): boolean {
  return /^dataset\.(samples|validation)\[/.test(path);
}

/** Whether the experiment trains; otherwise it shows shapes. */
export function isSequenceExperiment(experiment: ExperimentDocument): experiment is SequenceExperiment {
  return experiment.dataset.task !== 'shapes';
}

/** I and V of an experiment. A shapes experiment has no vocabulary: h_t itself is the output, so V = H·D. */
export function dataSizes({ dataset, model }: ExperimentDocument): DataSizes {
  if (dataset.task === 'shapes') {
    return { inputSize: dataset.inputSize, outputSize: model.hiddenSize * directions(model) };
  }
  return { inputSize: dataset.vocabulary.length, outputSize: dataset.targetVocabulary.length };
}

/** Whether any data is held back. */
function holdsBack(validation: Validation): boolean {
  if (Array.isArray(validation)) return validation.length > 0;
  return 'text' in validation || validation.fraction > 0;
}

function checkTogether(dataset: SequenceDataset, training: TrainingSpec): Problem[] {
  const found: Problem[] = [];
  const { text, validation } = dataset;
  const inText = dataset.task === 'language-model' && text !== undefined;
  const hasValidation = holdsBack(validation);
  if (inText && hasValidation && Array.isArray(validation)) {
    const message =
      'dataset.validation is a list of samples, and there is a text; of a text a {"fraction"} or another {"text"} is held back';
    found.push(problem('validation-with-text', 'dataset.validation', message));
  }
  if (training.earlyStopping?.metric === 'validationLoss' && !hasValidation) {
    const at = 'training.earlyStopping.metric';
    const message = `${at} is validationLoss, but dataset.validation has no samples; give some, or choose loss`;
    found.push(problem('no-validation', at, message));
  }
  if (inText && training.batchSize > 1) {
    const all = textTokens(text, dataset.tokens).count;
    const isCut = !Array.isArray(validation) && 'fraction' in validation;
    const tokens = isCut ? all - heldBack(all, validation.fraction) : all;
    if (tokens - 1 < training.batchSize) {
      const at = 'training.batchSize';
      const message = `${at} is ${training.batchSize}, dataset.text has ${tokens} tokens${isCut ? ' to train on' : ''}; each stream needs at least 1 token and the one after it`;
      found.push(problem('batch-larger-than-text', at, message, { batchSize: training.batchSize, tokens }));
    }
  }
  return found;
}

/**
 * Problems of a shapes experiment's model. The tutorial's first two programs call the bare module, without one-hot
 * tokens, embedding or head.
 */
function checkShapesModel(dataset: ShapesDataset, model: ModelSpec): Problem[] {
  const found: Problem[] = [];
  const forbid = (key: keyof ModelSpec, needs: string) => {
    const at = `model.${key}`;
    const message = `${at} is ${JSON.stringify(model[key])}; a shapes experiment needs ${needs}`;
    found.push(problem('shapes-model', at, message, { key, needs }));
  };
  if (model.embedding !== null) forbid('embedding', 'null: its input is numbers, not tokens');
  if (model.head !== 'none') forbid('head', '"none": it shows the module\'s own output');
  if (model.call === 'cell') forbid('call', 'none of its own: dataset.call says it');
  if (dataset.call === 'cell') {
    if (model.numLayers !== 1) forbid('numLayers', '1 where call is "cell": nn.RNNCell is a single layer');
    if (model.bidirectional)
      forbid('bidirectional', 'false where call is "cell": nn.RNNCell has one direction');
  }
  return found;
}

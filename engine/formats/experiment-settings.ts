import { optimizerDefaults, trainingDefaults } from '../data/defaults.ts';
import { laterFields, onlyUsed } from '../data/later-fields.ts';
import type { EarlyStopping, OptimizerSpec, SchedulerSpec, TrainingSpec } from '../model/experiment.ts';
import { cellNames, defaultModel, type InitialState, type ModelSpec } from '../model/spec.ts';
import { Fields, type Findings, isObject, wrongType } from './fields.ts';

/** Reads the `model` of an experiment or a weights file: types only. checkModel checks ranges and sizes. */
export function readModel(document: Fields, findings: Findings): ModelSpec {
  const defaults = defaultModel();
  const fields = required(document, 'model', findings);
  if (fields === null) return defaults;
  return {
    embedding: fields.numberOrNull('embedding'),
    cell: fields.choice('cell', cellNames, defaults.cell),
    nonlinearity: fields.choice('nonlinearity', ['tanh', 'relu'], defaults.nonlinearity),
    hiddenSize: fields.number('hiddenSize'),
    numLayers: fields.number('numLayers', defaults.numLayers),
    bias: fields.flag('bias', defaults.bias),
    bidirectional: fields.flag('bidirectional', defaults.bidirectional),
    dropout: fields.number('dropout', defaults.dropout),
    head: fields.choice('head', ['none', 'linear'], defaults.head),
    initialState: readInitialState(fields.take('initialState'), fields.at('initialState'), findings),
    ...onlyUsed('model', { call: fields.choice('call', ['sequence', 'cell'], laterFields.model.call) }),
    ...fields.unknown(),
  };
}

function readInitialState(value: unknown, path: string, findings: Findings): InitialState {
  if (value === undefined) return 'zeros';
  if (value === 'zeros' || value === 'learned') return value;
  if (!isObject(value)) {
    findings.add(wrongType(path, value, '"zeros" or "learned" or {"values": [[…]]}'));
    return 'zeros';
  }
  const fields = Fields.of(value, path, findings)!;
  const rows = fields.list('values').map((row, i): number[] => {
    if (Array.isArray(row) && row.every((number) => typeof number === 'number')) return row;
    findings.add(wrongType(`${path}.values[${i}]`, row, 'a list of numbers'));
    return [];
  });
  return { values: rows, ...fields.unknown() };
}

/** Reads the `training` of an experiment: types only. checkTraining checks ranges. */
export function readTraining(document: Fields, findings: Findings): TrainingSpec {
  const isShapes = datasetTask(document) === 'shapes';
  // A shapes experiment trains nothing: of its training settings only the seed matters, and that has a default.
  if (isShapes && !document.has('training')) return structuredClone(trainingDefaults);
  const fields = required(document, 'training', findings);
  if (fields === null) return structuredClone(trainingDefaults);
  return {
    epochs: fields.number('epochs', isShapes ? trainingDefaults.epochs : undefined),
    batchSize: fields.number('batchSize', trainingDefaults.batchSize),
    shuffle: fields.flag('shuffle', trainingDefaults.shuffle),
    seed: fields.number('seed', trainingDefaults.seed),
    loss: fields.choice('loss', ['mean', 'sum'], trainingDefaults.loss),
    optimizer: readOptimizer(fields, findings),
    scheduler: readScheduler(fields),
    clipGradNorm: fields.numberOrNull('clipGradNorm'),
    earlyStopping: readEarlyStopping(fields),
    stopWhen: readStopRules(fields),
    ...onlyUsed('training', {
      carryState: fields.flag('carryState', laterFields.training.carryState),
      restoreBest: fields.flag('restoreBest', laterFields.training.restoreBest),
    }),
    ...fields.unknown(),
  };
}

function datasetTask(document: Fields): unknown {
  const dataset = document.take('dataset');
  return isObject(dataset) ? dataset.task : undefined;
}

function required(document: Fields, key: string, findings: Findings): Fields | null {
  const value = document.take(key);
  if (value !== undefined) return Fields.of(value, document.at(key), findings);
  document.missing(key, 'an object');
  return null;
}

function readOptimizer(training: Fields, findings: Findings): OptimizerSpec {
  const fields = training.child('optimizer');
  if (fields === null) return structuredClone(optimizerDefaults.adam);
  const name = fields.choice('name', ['sgd', 'adam', 'adamw', 'rmsprop']);
  const defaults = optimizerDefaults[name];
  const common = {
    lr: fields.number('lr', defaults.lr),
    weightDecay: fields.number('weightDecay', defaults.weightDecay),
  };
  switch (name) {
    case 'sgd': {
      const { momentum, nesterov } = optimizerDefaults.sgd;
      return {
        name,
        lr: common.lr,
        momentum: fields.number('momentum', momentum),
        nesterov: fields.flag('nesterov', nesterov),
        weightDecay: common.weightDecay,
        ...fields.unknown(),
      };
    }
    case 'adam':
    case 'adamw':
      return {
        name,
        lr: common.lr,
        betas: readBetas(fields, findings),
        eps: fields.number('eps', optimizerDefaults[name].eps),
        weightDecay: common.weightDecay,
        ...fields.unknown(),
      };
    case 'rmsprop': {
      const { alpha, eps, momentum } = optimizerDefaults.rmsprop;
      return {
        name,
        lr: common.lr,
        alpha: fields.number('alpha', alpha),
        eps: fields.number('eps', eps),
        momentum: fields.number('momentum', momentum),
        weightDecay: common.weightDecay,
        ...fields.unknown(),
      };
    }
  }
}

function readBetas(optimizer: Fields, findings: Findings): [number, number] {
  const [beta1, beta2] = optimizerDefaults.adam.betas;
  const betas = optimizer.list('betas', [beta1, beta2]);
  if (betas.length === 2 && betas.every((beta) => typeof beta === 'number')) return betas as [number, number];
  findings.add(wrongType(optimizer.at('betas'), betas, 'a list of two numbers'));
  return [beta1, beta2];
}

function readScheduler(training: Fields): SchedulerSpec | null {
  const fields = training.child('scheduler');
  if (fields === null) return null;
  const name = fields.choice('name', ['step', 'exponential', 'cosine']);
  switch (name) {
    case 'step':
      return {
        name,
        stepSize: fields.number('stepSize'),
        gamma: fields.number('gamma', 0.1),
        ...fields.unknown(),
      };
    case 'exponential':
      return { name, gamma: fields.number('gamma'), ...fields.unknown() };
    case 'cosine':
      return { name, tMax: fields.number('tMax'), etaMin: fields.number('etaMin', 0), ...fields.unknown() };
  }
}

function readEarlyStopping(training: Fields): EarlyStopping | null {
  const fields = training.child('earlyStopping');
  if (fields === null) return null;
  return {
    metric: fields.choice('metric', ['loss', 'validationLoss'], 'loss'),
    patience: fields.number('patience'),
    minDelta: fields.number('minDelta', 0),
    ...fields.unknown(),
  };
}

function readStopRules(training: Fields): TrainingSpec['stopWhen'] {
  const fields = training.child('stopWhen');
  if (fields === null) return { ...trainingDefaults.stopWhen };
  return {
    lossBelow: fields.numberOrNull('lossBelow'),
    rightFor: fields.numberOrNull('rightFor'),
    ...fields.unknown(),
  };
}

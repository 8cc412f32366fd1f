import { expect, test } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { writeMetricsCsv } from '../../../engine/formats/metrics-csv.ts';
import { checkResult, createResultWriter } from '../../../engine/formats/result.ts';
import type { SequenceExperiment, WeightsJson } from '../../../engine/model/experiment.ts';
import { parameterShapes } from '../../../engine/model/spec.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';

const experiment = findTemplate('hello-rnn') as SequenceExperiment;
const weights: WeightsJson = Object.fromEntries(
  parameterShapes(experiment.model, { inputSize: 4, outputSize: 4 }).map(({ key, shape }) => [
    key,
    { shape, data: Array(shape.reduce((a, b) => a * b, 1)).fill(Math.fround(0.1)) },
  ]),
);

function row(epoch: number, changed: Partial<EpochRow> = {}): EpochRow {
  return {
    epoch,
    loss: Math.fround(1.3523726),
    lr: 0.05,
    gradNorm: Math.fround(0.31),
    accuracy: 0.4,
    validationLoss: null,
    validationAccuracy: null,
    predictions: ['llhll'],
    probabilities: null,
    trainedMs: 1.5,
    ...changed,
  };
}

function write(rows: EpochRow[]): string {
  const writer = createResultWriter(experiment);
  const end = { status: 'finished', initialWeights: weights, weights, seconds: 0.004 } as const;
  return [writer.start(), ...rows.map((each) => writer.epoch(each)), writer.end(end)].join('');
}

test('a result written in pieces is one document, whatever the number of epochs', () => {
  for (const count of [0, 1, 3]) {
    const rows = Array.from({ length: count }, (_, i) => row(i + 1));
    const result = JSON.parse(write(rows));
    expect(Object.keys(result).sort()).toEqual(
      ['format', 'version', 'experiment', 'status', 'initialWeights', 'weights', 'seconds', 'epochs'].sort(),
    );
    expect(result).toMatchObject({ format: 'ohlol/result', version: 1, status: 'finished', seconds: 0.004 });
    expect(result.experiment).toEqual(experiment);
    expect(result.epochs).toHaveLength(count);
    expect(checkResult(result)).toMatchObject({ ok: true, value: { epochCount: count, weights } });
  }
});

test('an epoch holds the float32 numbers by their shortest decimals, null for what is not finite', () => {
  const diverged = row(2, { loss: Number.NaN, validationLoss: 0.5, validationAccuracy: 1 });
  expect(JSON.parse(write([row(1), diverged])).epochs).toEqual([
    { epoch: 1, loss: 1.3523726, lr: 0.05, gradNorm: 0.31, accuracy: 0.4, predictions: ['llhll'] },
    {
      epoch: 2,
      loss: null,
      lr: 0.05,
      gradNorm: 0.31,
      accuracy: 0.4,
      validationLoss: 0.5,
      validationAccuracy: 1,
      predictions: ['llhll'],
    },
  ]);
});

test('a result is checked against its own experiment', () => {
  const result = JSON.parse(write([]));
  result.weights['rnn.bias_hh_l0'].shape = [2, 2];
  expect(checkResult(result)).toMatchObject({
    problems: [{ message: 'weights["rnn.bias_hh_l0"] has shape [2, 2]; the model needs [4]' }],
  });
  result.experiment.training.epochs = 0;
  expect(checkResult(result)).toMatchObject({ problems: [{ path: 'experiment.training.epochs' }] });
});

test('metrics as CSV quote what needs it', () => {
  const rows = [row(1), row(2, { loss: Number.NaN, validationLoss: 0.25, predictions: ['a,b', 'c"d'] })];
  expect(writeMetricsCsv(rows)).toBe(
    [
      'epoch,loss,lr,gradNorm,accuracy,validationLoss,validationAccuracy,trainedMs,predictions',
      '1,1.3523726,0.05,0.31,0.4,,,1.5,llhll',
      '2,NaN,0.05,0.31,0.4,0.25,,1.5,"a,b | c""d"',
      '',
    ].join('\n'),
  );
});

import { describe, expect, it } from 'vitest';
import type { SequenceDataset, SequenceExperiment } from '../../../engine/model/experiment.ts';
import { leastReachableLoss } from '../../../engine/model/least-loss.ts';
import {
  lrToSlider,
  readBetas,
  rules,
  sliderToLr,
  wrongWith,
} from '../../../renderer/screens/settings/setting-rules.ts';
import {
  accuracyText,
  boardLayout,
  boardRow,
  predictedTokens,
  trainTokenCount,
} from '../../../renderer/screens/train/board.ts';
import { asSentence, badTensor, lowerLr } from '../../../renderer/screens/train/divergence.ts';
import { probabilityTable, probabilityText } from '../../../renderer/screens/train/probabilities.ts';
import { statusLine } from '../../../renderer/screens/train/status.ts';
import { readSample, sampleCount, sampleSource } from '../../../renderer/state/run-samples.ts';
import fixture from '../../fixtures/pytorch/train-hello-rnn-seed2.json' with { type: 'json' };

const hello: SequenceDataset = {
  task: 'mapping',
  tokens: 'characters',
  vocabulary: ['e', 'h', 'l', 'o'],
  targetVocabulary: ['e', 'h', 'l', 'o'],
  samples: [{ input: 'hello', target: 'ohlol' }],
  validation: [],
};
const experiment = {
  dataset: hello,
  model: {
    embedding: null,
    cell: 'rnn',
    nonlinearity: 'tanh',
    hiddenSize: 4,
    numLayers: 1,
    bias: true,
    bidirectional: false,
    dropout: 0,
    head: 'none',
    initialState: 'zeros',
  },
  training: { loss: 'mean' },
} as unknown as SequenceExperiment;
const vocabulary = new Set(hello.vocabulary);

describe('leastReachableLoss', () => {
  it('is 0.3408 as a mean and 1.7038 summed over the five steps of hello', () => {
    expect(leastReachableLoss(experiment, 5)?.loss).toBeCloseTo(0.3408, 4);
    const summed = { ...experiment, training: { ...experiment.training, loss: 'sum' as const } };
    expect(leastReachableLoss(summed, 5)?.loss).toBeCloseTo(1.7038, 3);
  });

  it('is there only where the logits are bounded', () => {
    const bound = (patch: Partial<SequenceExperiment['model']>) =>
      leastReachableLoss({ ...experiment, model: { ...experiment.model, ...patch } }, 5);
    expect(bound({ head: 'linear' })).toBeNull();
    expect(bound({ nonlinearity: 'relu' })).toBeNull();
    expect(bound({ cell: 'lstm', nonlinearity: 'relu' })).not.toBeNull();
    expect(bound({ cell: 'gru' })).not.toBeNull();
    expect(bound({ cell: 'gru', initialState: 'learned' })).toBeNull();
    expect(bound({ cell: 'gru', initialState: { values: [[0, 3, 0, 0]] } })).toBeNull();
  });

  it('lies below every loss that PyTorch reached', () => {
    const least = leastReachableLoss(experiment, 5)!.loss;
    for (const { loss } of fixture.pytorch.epochs) expect(loss).toBeGreaterThan(least);
  });
});

describe('the prediction board', () => {
  it('puts prediction under target, step by step', () => {
    const row = boardRow('hhlll', readSample(sampleSource(hello, 1), 0), vocabulary, 'characters');
    expect(row.cells.map((cell) => `${cell.token}${cell.right ? '+' : '-'}`)).toEqual([
      'h-',
      'h+',
      'l+',
      'l-',
      'l+',
    ]);
    expect([row.right, row.total]).toEqual([3, 5]);
    expect(accuracyText(0.6, 5)).toBe('3 / 5');
  });

  it('marks a missing prediction as wrong', () => {
    const row = boardRow(undefined, readSample(sampleSource(hello, 1), 0), vocabulary, 'characters');
    expect(row.cells.every((cell) => cell.token === '' && !cell.right)).toBe(true);
  });

  it('asks a language model for its own input, one step on', () => {
    const text: SequenceDataset = {
      ...hello,
      task: 'language-model',
      samples: [],
      text: 'hello',
      sequenceLength: 4,
    };
    const one = sampleSource(text, 1);
    expect(readSample(one, 0)).toEqual({
      input: ['h', 'e', 'l', 'l'],
      target: ['e', 'l', 'l', 'o'],
      length: 4,
    });
    expect([sampleCount(one), trainTokenCount(one)]).toEqual([1, 4]);
    const asSample = { ...text, text: undefined, samples: [{ input: 'hello' }] };
    expect(readSample(sampleSource(asSample, 1), 0)).toEqual(readSample(one, 0));
  });

  it('has a column of its own for each stream of a text', () => {
    const text: SequenceDataset = { ...hello, task: 'language-model', samples: [], text: 'helloohell' };
    const streams = sampleSource(text, 4);
    expect([sampleCount(streams), trainTokenCount(streams)]).toEqual([4, 8]);
    expect(readSample(streams, 3)).toEqual({ input: ['h', 'e'], target: ['e', 'l'], length: 2 });
  });

  it('cuts what is too long to draw and keeps count of it', () => {
    const long: SequenceDataset = {
      ...hello,
      samples: [{ input: 'h'.repeat(5000), target: 'o'.repeat(5000) }],
    };
    const sample = readSample(sampleSource(long, 1), 0);
    expect([sample.target.length, sample.length]).toEqual([1000, 5000]);
    const row = boardRow('o'.repeat(5000), sample, vocabulary, 'characters');
    expect([row.right, row.total]).toEqual([1000, 1000]);
  });

  it('has one column for a label, however many characters it has', () => {
    const label: SequenceDataset = {
      ...hello,
      task: 'label',
      targetVocabulary: ['Italian', 'Chinese'],
      samples: [{ input: 'hello', target: 'Italian' }],
    };
    const row = boardRow(
      'Chinese',
      readSample(sampleSource(label, 1), 0),
      new Set(label.targetVocabulary),
      'characters',
    );
    expect(row.cells).toEqual([{ token: 'Chinese', right: false }]);
  });

  it('cuts a prediction at tokens that side by side read as one character', () => {
    const accents = new Set(['e', '\u0301']);
    expect(predictedTokens('e\u0301e', 3, accents, 'characters')).toEqual(['e', '\u0301', 'e']);
    expect(predictedTokens('open door', 2, new Set(['open', 'door']), 'spaces')).toEqual(['open', 'door']);
  });

  it('narrows its columns for long strings and keeps them readable', () => {
    expect(boardLayout(5, 188)).toEqual({ token: 34, gap: 2 });
    expect(boardLayout(8, 188).token).toBeLessThan(34);
    expect(boardLayout(500, 188).token).toBe(20);
  });
});

describe('probabilityTable', () => {
  it('has the vocabulary down, time across, and marks the target', () => {
    const table = probabilityTable([0.1, 0.2, 0.3, 0.4, 0.4, 0.3, 0.2, 0.1], hello.vocabulary, ['o', 'h'])!;
    expect(table.steps).toBe(2);
    expect(table.rows[1]).toEqual({
      token: 'h',
      cells: [
        { t: 0, probability: 0.2, isTarget: false },
        { t: 1, probability: 0.3, isTarget: true },
      ],
    });
  });

  it('is not drawn of another vocabulary', () => {
    expect(probabilityTable([0.1, 0.2, 0.3], hello.vocabulary, [])).toBeNull();
    expect(probabilityTable([], hello.vocabulary, [])).toBeNull();
  });

  it('prints two digits', () => {
    expect([0.5399, 0.004, 0.997, 1, Number.NaN].map(probabilityText)).toEqual([
      '.54',
      '.00',
      '1.0',
      '1.0',
      'NaN',
    ]);
  });
});

describe('typed numbers', () => {
  it.each([
    [0.05, rules.lr],
    [1, rules.epochs],
    [1_000_000, rules.epochs],
    [0, rules.seed],
  ])('takes %d', (value, rule) => {
    expect(wrongWith(value, rule)).toBeNull();
  });

  it.each([
    [0, rules.lr, 'train_wrong_above'],
    [-1, rules.lr, 'train_wrong_above'],
    [1e9, rules.epochs, 'train_wrong_at_most'],
    [0, rules.epochs, 'train_wrong_at_least'],
    [2.5, rules.epochs, 'train_wrong_whole'],
    [1, rules.beta, 'train_wrong_below'],
  ])('answers %d with a sentence', (value, rule, key) => {
    expect(wrongWith(value, rule)?.key).toBe(key);
  });

  it('reads betas as a pair', () => {
    expect(readBetas('0.9, 0.999')).toEqual({ ok: true, value: [0.9, 0.999] });
    expect(readBetas('0.9')).toMatchObject({ ok: false, words: { key: 'train_wrong_betas' } });
    expect(readBetas('0.9, 1')).toMatchObject({ ok: false, words: { key: 'train_wrong_below' } });
    expect(readBetas('0.9, NaN')).toMatchObject({ ok: false, words: { key: 'shell_field_not_a_number' } });
    expect(readBetas('0,9; 0,999')).toEqual({ ok: true, value: [0.9, 0.999] });
    expect(readBetas('0,9')).toMatchObject({ ok: false, words: { key: 'shell_field_one_or_many' } });
  });

  it('moves the learning rate over decades', () => {
    expect(lrToSlider(0.01)).toBeCloseTo(-2, 12);
    expect(lrToSlider(5)).toBe(0);
    expect(sliderToLr(-1.3)).toBe(0.05);
  });
});

describe('the line beside the badge', () => {
  const facts = {
    state: { status: 'running' },
    epoch: 14,
    epochs: 20,
    streak: 8,
    firstRightEpoch: 7,
    stopWhen: { lossBelow: null, rightFor: 10 },
  } as const;

  it('counts the epochs that were right in a row', () => {
    expect(statusLine(facts)).toEqual({ key: 'train_line_right_stops', values: { count: 8, limit: 10 } });
  });

  it('names the rule that ended the run', () => {
    expect(statusLine({ ...facts, state: { status: 'finished', reason: 'right-for' } })?.key).toBe(
      'train_line_right_for',
    );
    expect(
      statusLine({ ...facts, firstRightEpoch: null, state: { status: 'finished', reason: 'epochs' } })?.key,
    ).toBe('train_line_epochs_never');
  });
});

describe('a run that diverged', () => {
  const named = (tensor: string) =>
    badTensor({ code: 'diverged', message: '', path: 'training', details: { tensor } })?.key;

  it('names the tensor in the language of the window', () => {
    expect(named('the output of layer 0 at step 2')).toBe('train_bad_output');
    expect(named('the gradient of rnn.weight_hh_l0')).toBe('train_bad_gradient');
    expect(named('rnn.weight_hh_l0 after the update')).toBe('train_bad_update');
    expect(named('the gradient norm')).toBe('train_bad_gradient_norm');
    expect(named('the validation loss')).toBe('train_bad_validation_loss');
    expect(named('something new')).toBeUndefined();
  });

  it('has its problem as a sentence among others', () => {
    expect(asSentence('the lab ended')).toBe('The lab ended.');
    expect(asSentence('It ended.')).toBe('It ended.');
    expect(asSentence('引擎已退出')).toBe('引擎已退出。');
  });

  it('suggests a learning rate that is lower and not absurd', () => {
    expect(lowerLr(0.05)).toBe(0.005);
    expect(lowerLr(1e30)).toBe(0.01);
  });
});

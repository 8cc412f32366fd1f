import { describe, expect, it } from 'vitest';
import type { RunSettings, RunSummary } from '../../../main/api.ts';
import { differingSettings, runTitle } from '../../../renderer/screens/runs/run-title.ts';

const plain: RunSettings = {
  name: 'hello',
  'model.cell': 'rnn',
  'model.hiddenSize': 4,
  'model.numLayers': 1,
  'model.head': 'none',
  'training.seed': 2,
  'training.epochs': 20,
  'training.optimizer.name': 'adam',
  'training.optimizer.lr': 0.05,
  'training.clipGradNorm': null,
  dataset: 1,
};
const run = (number: number, settings: RunSettings = {}, name = 'hello') =>
  ({ id: `${number}`, kind: 'training', number, name, settings: { ...plain, ...settings } }) as RunSummary;
const titles = (runs: RunSummary[]) => runs.map((one) => runTitle(one, runs));

describe('a run’s name', () => {
  it('is what it is, with its seed where nothing sets it apart', () => {
    expect(titles([run(1)])).toEqual(['Run 1 · RNN 4 · seed 2']);
    expect(titles([run(1), run(2)])).toEqual(['Run 1 · RNN 4 · seed 2', 'Run 2 · RNN 4 · seed 2']);
  });
  it('says what is not the same in all runs, what one varies most first, and no more than three', () => {
    expect(titles([run(1), run(2, { 'training.optimizer.lr': 0.1 })])).toEqual([
      'Run 1 · RNN 4 · lr 0.05',
      'Run 2 · RNN 4 · lr 0.1',
    ]);
    const gru = {
      'model.cell': 'gru',
      'model.head': 'linear',
      'model.numLayers': 2,
      'model.bidirectional': true,
    };
    expect(titles([run(1), run(2, gru)])[1]).toBe('Run 2 · GRU 4 × 2 ⇄, linear · seed 2');
    const many = {
      'training.seed': 3,
      dataset: 5,
      'training.optimizer.lr': 1e-4,
      'training.optimizer.name': 'sgd',
      'training.clipGradNorm': 1,
    };
    expect(titles([run(1), run(2, many)])).toEqual([
      'Run 1 · RNN 4 · lr 0.05 · Adam · data 1 · …',
      'Run 2 · RNN 4 · lr 0.0001 · SGD · data 5 · …',
    ]);
    expect(titles([run(1), run(2, { 'training.clipGradNorm': 1 })])).toEqual([
      'Run 1 · RNN 4 · clip_grad_norm off',
      'Run 2 · RNN 4 · clip_grad_norm 1',
    ]);
    expect(differingSettings([run(1), run(2, { 'training.epochs': 9 })])).toEqual(['training.epochs']);
  });
  it('is the one that was given, where one was', () => {
    expect(titles([run(1, {}, 'my best'), run(2)])[0]).toBe('Run 1 · my best');
  });
});

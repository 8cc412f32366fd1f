import { describe, expect, it } from 'vitest';
import { findTemplate } from '../../../../engine/templates/templates.ts';
import type { CheckpointView, RunSummary } from '../../../../main/api.ts';
import { changeText, settingsText } from '../../../../renderer/screens/runs/change-text.ts';
import {
  branchChange,
  branchKinds,
  epochsToGo,
  newBranchForm,
} from '../../../../renderer/screens/train/time/branch-form.ts';
import {
  firstEpoch,
  kinOfEpoch,
  lineage,
  trainerOfEpoch,
} from '../../../../renderer/screens/train/time/lineage.ts';
import { scrubAction } from '../../../../renderer/screens/train/time/scrub-keys.ts';
import { drawTracks, placeOf } from '../../../../renderer/screens/train/time/tracks.ts';

const run = (number: number, epoch: number, parent: RunSummary['parent'] = null) =>
  ({ id: `r${number}`, number, parent, progress: { epoch } }) as RunSummary;
const runs = [
  run(1, 100),
  run(2, 100, { runId: 'r1', epoch: 6 }),
  run(3, 40, { runId: 'r2', epoch: 30 }),
  run(4, 9, { runId: null, epoch: 5 }),
];

describe('where a run comes from', () => {
  it('is the chain of its parents, the oldest first, until one that is deleted', () => {
    const kin = lineage(runs, 'r3');
    expect(kin.map(({ run: { number }, until }) => [number, until])).toEqual([
      [1, 6],
      [2, 30],
      [3, null],
    ]);
    expect(firstEpoch(kin)).toBe(0);
    expect(firstEpoch(lineage(runs, 'r4'))).toBe(5);
    expect(lineage(runs, null)).toEqual([]);
  });
  it('says whose an epoch is: where a branch begins, the state is its own and the row its parent’s', () => {
    const kin = lineage(runs, 'r3');
    expect([3, 6, 7, 30, 31].map((epoch) => kinOfEpoch(kin, epoch)!.run.number)).toEqual([1, 2, 2, 3, 3]);
    expect([3, 6, 7, 30, 31].map((epoch) => trainerOfEpoch(kin, epoch)!.run.number)).toEqual([1, 1, 2, 2, 3]);
  });
});

describe('the scrubber', () => {
  const place = { epoch: 37, first: 0, last: 100 };
  it('takes the keys of a slider, and digits as an epoch that is typed', () => {
    const epochOf = (key: string, shift = false) => {
      const action = scrubAction(key, shift, place);
      return action?.kind === 'look' ? action.epoch : action;
    };
    expect(epochOf('ArrowLeft')).toBe(36);
    expect(epochOf('ArrowRight')).toBe(38);
    expect(epochOf('PageUp')).toBe(47);
    expect(epochOf('PageDown')).toBe(27);
    expect(epochOf('ArrowLeft', true)).toBe(27);
    expect(epochOf('Home')).toBe(0);
    expect(epochOf('End')).toEqual({ kind: 'back' });
    expect(epochOf('Escape')).toEqual({ kind: 'back' });
    expect(epochOf('4')).toEqual({ kind: 'type', digit: '4' });
    expect(epochOf('x')).toBeNull();
    expect(scrubAction('PageDown', false, { ...place, epoch: 3 })).toEqual({ kind: 'look', epoch: 0 });
  });

  const frame = {
    width: 516,
    height: 0,
    left: 40,
    right: 10,
    top: 0,
    bottom: 0,
    from: 1,
    to: 100,
    low: 0,
    high: 1,
  };
  const checkpoint = (epoch: number, batch = 0) => ({ epoch, batch, bytes: 10 }) as CheckpointView;
  it('draws a line a run on the charts’ own epochs, bent where it branched off', () => {
    const kin = lineage(runs, 'r2');
    const tracks = new Map([
      [
        'r2',
        {
          checkpoints: [checkpoint(10), checkpoint(10, 2), checkpoint(11), checkpoint(50)],
          changes: [
            { epoch: 6, batch: 0, settings: { lr: 0.003 } },
            { epoch: 20, batch: 0, settings: { lr: 0.1 } },
          ],
          lines: {},
          lastRow: null,
        },
      ],
    ]);
    const [first, second] = drawTracks(kin, tracks, frame, 37);
    expect(first).toMatchObject({ bend: '', isLookedAt: false, x1: 40 });
    expect(second).toMatchObject({ isLookedAt: true, x1: placeOf(frame, 6) });
    expect(second!.bend).toMatch(/^M/);
    // The checkpoint in the middle of epoch 11 belongs to no epoch and is not drawn.
    expect(second!.checkpoints.map(({ epoch }) => epoch)).toEqual([10, 50]);
    // The change that the branch began with is not drawn as a change of its own.
    expect(second!.changes.map(({ change }) => change.epoch)).toEqual([20]);
    expect(drawTracks(kin, tracks, frame, 3).map(({ isLookedAt }) => isLookedAt)).toEqual([true, false]);
  });
  it('folds a long ancestry', () => {
    const many = Array.from({ length: 7 }, (_, i) =>
      run(i + 1, 10 * i + 10, i === 0 ? null : { runId: `r${i}`, epoch: 10 * i }),
    );
    expect(drawTracks(lineage(many, 'r7'), new Map(), frame, 60).map(({ kin }) => kin.run.number)).toEqual([
      4, 5, 6, 7,
    ]);
  });
});

describe('a branch', () => {
  const experiment = findTemplate('hello-rnn')!;
  const { training } = experiment;
  it('has one change of each kind that can be chosen', () => {
    const form = newBranchForm(training, 12);
    const changes = branchKinds.map((kind) => branchChange({ ...form, kind }, training));
    expect(changes).toEqual([
      { kind: 'setting', settings: { lr: 0.005 } },
      { kind: 'setting', settings: { clipGradNorm: 1 } },
      { kind: 'setting', settings: { epochs: 32 } },
      { kind: 'optimizer', optimizer: expect.objectContaining({ name: 'sgd', lr: 0.05 }) },
      { kind: 'data' },
      { kind: 'seed', seed: 3 },
      { kind: 'none' },
    ]);
    expect(changes.map(changeText)).toEqual([
      'lr 0.005',
      'clip 1',
      '32 epochs',
      'SGD, lr 0.05',
      'other data',
      'seed 3',
      'nothing changed',
    ]);
    expect(settingsText({ lr: 0.1, clipGradNorm: null })).toBe('lr 0.1, clip off');
  });
  it('says how many epochs it would train', () => {
    const form = newBranchForm(training, 20);
    expect(epochsToGo(form, training, 12)).toBe(8);
    expect(epochsToGo(form, training, 20)).toBe(0);
    expect(epochsToGo({ ...form, kind: 'epochs' }, training, 20)).toBe(20);
  });
});

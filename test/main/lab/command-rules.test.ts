import { expect, it } from 'vitest';
import type { RunState } from '../../../engine/api.ts';
import type { RunSummary } from '../../../main/api.ts';
import { whyNot } from '../../../main/lab/runs/command-rules.ts';

const run = { kind: 'run', epochsPerSecond: null } as const;
const at = (state: RunState, epoch: number): RunSummary => ({
  id: '1',
  kind: 'training',
  number: 1,
  name: '',
  notes: '',
  createdAt: '',
  state,
  progress: { epoch, batch: 0, batchesPerEpoch: 1, trainedMs: 0, tokensPerSecond: null },
  epochs: 20,
  lastLoss: null,
  bestLoss: null,
  firstRightEpoch: null,
  checkpointBytes: 0,
  parent: null,
  change: null,
  handEdited: 0,
  settings: {},
});
const why = { code: '', message: '', path: '', details: {} };

it('a run that was interrupted between its last checkpoint and its end goes on, to its end', () => {
  expect(whyNot(at({ status: 'interrupted', reason: '', problem: why }, 20), run)).toBeNull();
  expect(whyNot(at({ status: 'paused' }, 20), run)).toBeNull();
  expect(whyNot(at({ status: 'finished', reason: 'epochs' }, 20), run)?.code).toBe('run-finished');
  expect(whyNot(at({ status: 'diverged', problem: why }, 3), run)?.code).toBe('run-diverged');
  expect(whyNot(at({ status: 'diverged', problem: why }, 3), { kind: 'stop' })).toBeNull();
});

/** The engine as a page runs it: its module checked, and hello-rnn trained. What came of it is left in `ohlolEngine`. */
import type { EpochRow } from '../../engine/api.ts';
import { loadBackend } from '../../engine/kernels/backend.ts';
import type { KernelLimit, KernelName } from '../../engine/kernels/kernels.ts';
import type { SequenceExperiment } from '../../engine/model/experiment.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import { createTrainer } from '../../engine/training/trainer.ts';

export interface EngineInPage {
  kernels: KernelName;
  kernelLimit: KernelLimit;
  rows: Pick<EpochRow, 'loss' | 'predictions'>[];
}

function train(): EngineInPage {
  const backend = loadBackend();
  const made = createTrainer(findTemplate('hello-rnn') as SequenceExperiment, null, { backend });
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const rows: EngineInPage['rows'] = [];
  while (made.value.state().status === 'paused') {
    const { loss, predictions } = made.value.stepEpoch()!;
    rows.push({ loss, predictions });
  }
  return { kernels: backend.name, kernelLimit: backend.limit, rows };
}

Object.assign(globalThis, { ohlolEngine: train() });

/**
 * The memory of a run goes back to the system when the run ends, measured from outside the engine's
 * process.
 */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkExperiment } from '../../../engine/formats/experiment.ts';
import type { ExperimentDocument } from '../../../engine/model/experiment.ts';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { forkEngine } from '../../../main/engine-process/fork-node.ts';
import { type EngineSupervisor, superviseEngine } from '../../../main/engine-process/supervisor.ts';
import { engineEntry } from '../../../main/paths.ts';
import { patience } from '../../patience.ts';

let supervisor: EngineSupervisor;
afterEach(() => supervisor.close());

/** 160 MB of probabilities and logits with little to compute. */
function largeExperiment(): ExperimentDocument {
  const vocabulary = Array.from({ length: 2000 }, (_, i) => String.fromCodePoint(0x4e00 + i));
  const text = Array.from({ length: 6401 }, (_, i) => vocabulary[(i * 7) % 2000]).join('');
  const read = checkExperiment({
    format: 'ohlol/experiment',
    version: 1,
    dataset: { task: 'language-model', vocabulary, text, sequenceLength: 100 },
    model: { cell: 'rnn', hiddenSize: 16, head: 'linear' },
    training: { epochs: 10, batchSize: 64 },
  });
  if (!read.ok) throw new Error(read.problems[0]!.message);
  return read.value;
}

describe.skipIf(process.platform !== 'linux').each([1, 2])('a closed run, on %i threads', (threads) => {
  it('holds no memory any more', async () => {
    let child: EngineChild | null = null;
    let onStep: () => void = () => {};
    supervisor = superviseEngine({
      fork(flags) {
        child = forkEngine(engineEntry, flags);
        return child;
      },
      threads: () => threads,
      events: {
        epochs() {},
        checkpoint() {},
        state: ({ progress, state }) => void (progress.epoch > 0 && state.status === 'paused' && onStep()),
      },
      onStatus() {},
      onDeath() {},
    });
    const heldBytes = () => 4096 * Number(readFileSync(`/proc/${child!.pid}/statm`, 'utf8').split(' ')[1]);
    await supervisor.api.describe();
    const before = heldBytes();
    const experiment = largeExperiment();
    for (const runId of ['1', '2', '3', '4', '5', '6', '7', '8']) {
      const opened = await supervisor.api.openRun({ runId, experiment, checkpoint: null });
      if (!opened.ok) throw new Error(opened.problems[0]!.message);
      expect(opened.value.memoryBytes).toBeGreaterThan(150e6);
      const stepped = new Promise<void>((resolve) => {
        onStep = resolve;
      });
      await supervisor.api.controlRun(runId, { kind: 'step-epoch' });
      await stepped;
      const held = (heldBytes() - before) / opened.value.memoryBytes;
      expect(held).toBeGreaterThan(0.9);
      // Threads may take a moment to end. Without telling the collector, all of them would still be there.
      expect(held).toBeLessThan(5);
      await supervisor.api.closeRun(runId);
    }
    await vi.waitFor(() => expect(heldBytes() - before).toBeLessThan(80e6), patience);
  });
});

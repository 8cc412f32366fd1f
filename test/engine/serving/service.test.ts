/** The service on a clock of its own: each reading is half a millisecond later, and sleeping advances it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EpochRow, RunCheckpoint, RunState } from '../../../engine/api.ts';
import { readTensorFile, type TensorFile, writeSafetensors } from '../../../engine/formats/safetensors.ts';
import { type TrainedBy, weightsDocument } from '../../../engine/formats/weights.ts';
import { type Backend, bestBackend, referenceBackend } from '../../../engine/kernels/backend.ts';
import { createEngineService } from '../../../engine/serving/service.ts';
import type { Trainer } from '../../../engine/training/trainer.ts';
import { version } from '../../../engine/version.ts';
import { type Changes, experiment, reversal, trainer } from '../documents.ts';
import { withAsks } from './asks.ts';

type Event =
  | { kind: 'epochs'; at: number; rows: EpochRow[] }
  | { kind: 'checkpoint'; at: number; checkpoint: RunCheckpoint }
  | { kind: 'state'; at: number; state: RunState; epoch: number; batch: number };

function createEngine(backend: Backend = bestBackend()) {
  let time = 0;
  const events: Event[] = [];
  let arrived = () => {};
  const note = (event: Event) => {
    events.push(event);
    arrived();
  };
  const yieldToMessages = () => new Promise<void>((resolve) => setImmediate(resolve));
  const engine = createEngineService(
    {
      epochs: ({ rows }) => note({ kind: 'epochs', at: time, rows }),
      checkpoint: ({ checkpoint }) => note({ kind: 'checkpoint', at: time, checkpoint }),
      state: ({ state, progress: { epoch, batch } }) =>
        note({ kind: 'state', at: time, state, epoch, batch }),
    },
    {
      yieldToMessages,
      backend,
      now: () => {
        time += 0.5;
        return time;
      },
      async sleep(ms) {
        await yieldToMessages();
        time += ms;
      },
    },
  );
  return {
    engine,
    events,
    rows: () => events.flatMap((event) => (event.kind === 'epochs' ? event.rows : [])),
    states: () => events.flatMap((event) => (event.kind === 'state' ? [event] : [])),
    checkpoints: () => events.flatMap((event) => (event.kind === 'checkpoint' ? [event.checkpoint] : [])),
    /** Resolves when the service reports this state of the run. */
    until: (status: RunState['status']) =>
      new Promise<void>((resolve) => {
        arrived = () => {
          const last = events.at(-1);
          if (last?.kind === 'state' && last.state.status === status) resolve();
        };
      }),
  };
}

async function openHello(
  changes: Changes = {},
  checkpoint: Uint8Array | null = null,
  backend: Backend = bestBackend(),
) {
  const parts = createEngine(backend);
  const opened = await parts.engine.openRun({ runId: 'a', experiment: experiment(changes), checkpoint });
  if (!opened.ok) throw new Error(opened.problems.map(({ message }) => message).join());
  return { ...parts, opened: opened.value };
}

/** A safetensors file of the trainer's weights. */
const fileOf = (run: Trainer, trained: TrainedBy | null) =>
  writeSafetensors(weightsDocument(run.experiment, run.weights(), trained));

function tensorsOf(file: Uint8Array): TensorFile['weights'] {
  const read = readTensorFile(file);
  if (!read.ok) throw new Error('refused');
  return read.value.weights;
}

/** A trainer that has trained this many epochs. */
function trained(changes: Changes, epochs: number): Trainer {
  const run = trainer({ ...changes, training: { ...changes.training, epochs } });
  while (run.state().status === 'paused') run.stepEpoch();
  return run;
}

const run = { kind: 'run', epochsPerSecond: null } as const;
const timeless = (rows: EpochRow[]) => rows.map((row) => ({ ...row, trainedMs: 0 }));

describe('a run', () => {
  it('is paused when opened, runs to its end and says so after rows and checkpoint', async () => {
    const { engine, until, events, rows, checkpoints, opened } = await openHello();
    const alone = trainer();
    const { seed } = alone.experiment.training;
    expect(opened).toEqual({
      parameterCount: 40,
      memoryBytes: alone.memoryBytes,
      epoch: 0,
      batch: 0,
      initialWeights: fileOf(alone, null),
    });
    expect(events).toEqual([]);
    const finished = until('finished');
    await engine.controlRun('a', run);
    await finished;
    expect(events.slice(-3).map(({ kind }) => kind)).toEqual(['epochs', 'checkpoint', 'state']);
    const expected: EpochRow[] = [];
    while (alone.state().status === 'paused') expected.push(alone.stepEpoch()!);
    expect(timeless(rows())).toEqual(timeless(expected));
    expect(checkpoints().at(-1)).toEqual({
      epoch: 20,
      state: alone.checkpoint(),
      weights: fileOf(alone, { epochs: 20, loss: expected.at(-1)!.loss, seed }),
    });
  });

  it('steps an epoch and a batch, and is paused after each', async () => {
    const changes: Changes = { dataset: reversal, model: { head: 'linear' }, training: { batchSize: 3 } };
    const { engine, until, states } = await openHello(changes);
    for (const [kind, epoch, batch] of [
      ['step-batch', 0, 1],
      ['step-batch', 0, 2],
      ['step-epoch', 1, 0],
      ['step-epoch', 2, 0],
    ] as const) {
      const paused = until('paused');
      await engine.controlRun('a', { kind });
      await paused;
      expect(states().at(-1)).toMatchObject({ state: { status: 'paused' }, epoch, batch });
    }
  });

  it('does all the steps that are asked for before the first is done, and then rests', async () => {
    const changes: Changes = { dataset: reversal, model: { head: 'linear' }, training: { batchSize: 3 } };
    const { engine, until, states, rows } = await openHello(changes);
    const rested = until('paused');
    const kinds = ['step-epoch', 'step-epoch', 'step-batch', 'step-epoch', 'step-batch'] as const;
    await Promise.all(kinds.map((kind) => engine.controlRun('a', { kind })));
    await rested;
    // The batch step begins the third epoch; the epoch step then completes it.
    expect(states().at(-1)).toMatchObject({ state: { status: 'paused' }, epoch: 3, batch: 1 });
    expect(rows()).toHaveLength(3);
    const again = until('paused');
    await engine.controlRun('a', { kind: 'step-epoch' });
    await again;
    expect(states().at(-1)).toMatchObject({ epoch: 4, batch: 0 });
  });

  it('forgets the steps that are still owed when it is paused', async () => {
    const { engine, until, states } = await openHello();
    const rested = until('paused');
    await Promise.all([
      ...Array.from({ length: 5 }, () => engine.controlRun('a', { kind: 'step-epoch' })),
      engine.controlRun('a', { kind: 'pause' }),
      engine.controlRun('a', { kind: 'step-epoch' }),
    ]);
    await rested;
    // One epoch may have been trained before the pause arrived.
    expect(states().at(-1)!.epoch).toBeLessThan(3);
  });

  it('pauses, and goes on from its checkpoint in another engine, bit for bit', async () => {
    const changes: Changes = { training: { epochs: 20_000 } };
    const first = await openHello(changes);
    const running = first.until('running');
    await first.engine.controlRun('a', run);
    await running;
    const paused = first.until('paused');
    await first.engine.controlRun('a', { kind: 'pause' });
    await paused;
    const { epoch, state } = first.checkpoints().at(-1)!;
    expect(first.rows()).toHaveLength(epoch);
    expect(epoch).toBeLessThan(20_000);

    const second = await openHello(changes, state);
    expect(second.opened.epoch).toBe(epoch);
    const finished = second.until('finished');
    await second.engine.controlRun('a', run);
    await finished;
    const whole = trainer(changes);
    const expected = Array.from({ length: 20_000 }, () => whole.stepEpoch()!);
    expect(timeless([...first.rows(), ...second.rows()])).toEqual(timeless(expected));
    expect(second.checkpoints().at(-1)!.state).toEqual(whole.checkpoint());
  });

  it('stops, and can be asked to go on', async () => {
    const { engine, until, states } = await openHello();
    const stopped = until('stopped');
    await engine.controlRun('a', { kind: 'stop' });
    await stopped;
    const finished = until('finished');
    await engine.controlRun('a', run);
    await finished;
    expect(states().at(-1)).toMatchObject({ state: { status: 'finished', reason: 'epochs' }, epoch: 20 });
  });

  it('that has ended stays paused when it is given more epochs', async () => {
    const { engine, until, states } = await openHello();
    const finished = until('finished');
    await engine.controlRun('a', run);
    await finished;
    const paused = until('paused');
    await engine.controlRun('a', { kind: 'change', settings: { epochs: 30 } });
    await paused;
    expect(states().at(-1)).toMatchObject({ epoch: 20 });
  });

  it('says where it diverged', async () => {
    const optimizer = { name: 'sgd', lr: 3e38, momentum: 0, nesterov: false, weightDecay: 100 } as const;
    const { engine, until, states, opened, checkpoints } = await openHello({ training: { optimizer } });
    const diverged = until('diverged');
    await engine.controlRun('a', run);
    await diverged;
    expect(states().at(-1)).toMatchObject({ state: { problem: { details: { epoch: 1, batch: 1 } } } });
    expect(tensorsOf(checkpoints().at(-1)!.weights)).toEqual(tensorsOf(opened.initialWeights!));
  });

  it('sends at most 20 events a second of each kind, and no row twice', async () => {
    const { engine, until, events, rows } = await openHello({ training: { epochs: 3000 } });
    const finished = until('finished');
    await engine.controlRun('a', run);
    await finished;
    expect(rows().map(({ epoch }) => epoch)).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
    for (const kind of ['epochs', 'state', 'checkpoint'] as const) {
      const times = events.filter((event) => event.kind === kind).map(({ at }) => at);
      for (const [i, at] of times.entries()) if (i > 0) expect(at - times[i - 1]!).toBeGreaterThanOrEqual(50);
    }
  });

  it('keeps to a speed', async () => {
    const { engine, until, rows, events } = await openHello({ training: { epochs: 10 } });
    const finished = until('finished');
    await engine.controlRun('a', { kind: 'run', epochsPerSecond: 2 });
    await finished;
    expect(rows()).toHaveLength(10);
    // The first epoch comes at once, the tenth after nine half seconds.
    expect(events.at(-1)!.at).toBeGreaterThan(4500);
    expect(events.at(-1)!.at).toBeLessThan(5500);
  });

  it('leaves its first checkpoints soon', async () => {
    const { engine, until, checkpoints } = await openHello({ training: { epochs: 10 } });
    const finished = until('finished');
    await engine.controlRun('a', { kind: 'run', epochsPerSecond: 2 });
    await finished;
    const epochs = checkpoints().map(({ epoch }) => epoch);
    expect(epochs[0]).toBeLessThanOrEqual(2);
    expect(epochs[1]).toBeLessThanOrEqual(5);
  });

  it('leaves a checkpoint every few seconds of a long run', async () => {
    const { engine, until, events } = await openHello({ training: { epochs: 40 } });
    const finished = until('finished');
    await engine.controlRun('a', { kind: 'run', epochsPerSecond: 2 });
    await finished;
    const times = events.filter(({ kind }) => kind === 'checkpoint').map(({ at }) => at);
    expect(times.length).toBeGreaterThanOrEqual(4);
    expect(times.length).toBeLessThanOrEqual(6);
  });

  it('finishes the batch under way before it pauses, and answers meanwhile', async () => {
    const text = 'abc'.repeat(200);
    const { engine, until, events, states } = await openHello(
      {
        dataset: { samples: [{ input: text, target: text }] },
        model: { cell: 'lstm', hiddenSize: 200, head: 'linear' },
      },
      null,
      referenceBackend,
    );
    const paused = until('paused');
    await engine.controlRun('a', run);
    await engine.controlRun('a', { kind: 'pause' });
    // The checkpoint is asked for between two slices of the batch; the answer waits for the batch's end.
    const checkpoint = engine.getCheckpoint('a');
    await paused;
    expect(states().at(-1)).toMatchObject({ state: { status: 'paused' }, epoch: 1, batch: 0 });
    expect((await checkpoint).epoch).toBe(1);
    expect(events.some((event) => event.kind === 'state' && event.state.status === 'running')).toBe(true);
  });

  it('stands still between two batches for a checkpoint, however long they are, and then goes on', async () => {
    const text = 'abc'.repeat(60);
    const { engine, until, rows, states } = await openHello(
      {
        dataset: { samples: [{ input: text, target: text }] },
        model: { cell: 'lstm', hiddenSize: 200, head: 'linear' },
        training: { epochs: 6 },
      },
      null,
      referenceBackend,
    );
    const finished = until('finished');
    await engine.controlRun('a', run);
    const { epoch, state } = await engine.getCheckpoint('a');
    expect(epoch).toBe(1);
    expect(rows().map((row) => row.epoch)).toEqual([1]);
    expect(state.length).toBeGreaterThan(200 * 200);
    await finished;
    expect(states().at(-1)).toMatchObject({ epoch: 6 });
  });

  it('leaves a checkpoint after a change, with the rows before it', async () => {
    const { engine, until, events } = await openHello({ training: { epochs: 3000 } });
    const running = until('running');
    await engine.controlRun('a', { kind: 'run', epochsPerSecond: 500 });
    await running;
    const before = events.length;
    const changedAt = events.at(-1)!.at;
    const finished = until('finished');
    await engine.controlRun('a', { kind: 'change', settings: { lr: 0.001 } });
    await finished;
    const told = events.slice(before).find((event) => event.kind === 'checkpoint')!;
    const rows = events
      .slice(0, events.indexOf(told))
      .flatMap((event) => (event.kind === 'epochs' ? event.rows : []));
    expect(rows.at(-1)!.epoch).toBe(told.checkpoint.epoch);
    // This checkpoint comes sooner than the first periodic one.
    expect(told.at - changedAt).toBeLessThan(200);
  });

  it('waits for whoever takes its rows, and answers meanwhile', async () => {
    const told: EpochRow[][] = [];
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    let take = () => {};
    let time = 0;
    const engine = createEngineService(
      {
        epochs({ rows }) {
          told.push(rows);
          return new Promise((resolve) => {
            take = resolve;
          });
        },
        checkpoint() {},
        state() {},
      },
      {
        yieldToMessages: turn,
        now: () => {
          time += 0.5;
          return time;
        },
        async sleep(ms) {
          await turn();
          time += ms;
        },
      },
    );
    const document = experiment({ training: { epochs: 200_000 } });
    await engine.openRun({ runId: 'a', experiment: document, checkpoint: null });
    await engine.controlRun('a', run);
    for (let i = 0; i < 3000; i++) await turn();
    await engine.describe();
    await engine.controlRun('a', { kind: 'pause' });
    expect(told).toHaveLength(1);
    let isClosed = false;
    void engine.closeRun('a').then(() => {
      isClosed = true;
    });
    while (!isClosed) {
      take();
      await turn();
    }
    const epochs = told.flat().map((row) => row.epoch);
    expect(epochs).toEqual(Array.from(epochs, (_, i) => i + 1));
    expect(epochs.length).toBeGreaterThan(2000);
    // Three thousand may wait, and those of one slice more.
    expect(epochs.length).toBeLessThan(6000);
  });

  it('that was asked to pause in a long batch is closed as paused, with its rows and checkpoint', async () => {
    const text = 'abc'.repeat(60);
    const { engine, rows, states, checkpoints } = await openHello(
      {
        dataset: { samples: [{ input: text, target: text }] },
        model: { cell: 'lstm', hiddenSize: 200, head: 'linear' },
      },
      null,
      referenceBackend,
    );
    await engine.controlRun('a', run);
    await engine.controlRun('a', { kind: 'pause' });
    await engine.closeRun('a');
    expect(states().at(-1)!.state).toEqual({ status: 'paused' });
    expect(rows().map(({ epoch }) => epoch)).toEqual([1]);
    expect(checkpoints().map(({ epoch }) => epoch)).toEqual([1]);
  });

  it('is told to stop before it is closed, and forgotten then', async () => {
    const { engine, until, states, rows, checkpoints } = await openHello({ training: { epochs: 100_000 } });
    const running = until('running');
    await engine.controlRun('a', run);
    await running;
    await engine.closeRun('a');
    expect(states().at(-1)!.state).toEqual({ status: 'stopped' });
    expect(checkpoints().at(-1)!.epoch).toBe(rows().length);
    await expect(engine.controlRun('a', run)).rejects.toThrow('run a is not open');
    await expect(engine.closeRun('a')).rejects.toThrow('run a is not open');
  });
});

describe('several runs', () => {
  it('go on in turn', async () => {
    const { engine, states } = createEngine();
    for (const runId of ['a', 'b', 'c']) {
      await engine.openRun({
        runId,
        experiment: experiment({ training: { epochs: 200 } }),
        checkpoint: null,
      });
      await engine.controlRun(runId, run);
    }
    while (states().filter(({ state }) => state.status === 'finished').length < 3) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(states().at(-1)!.epoch).toBe(200);
  });
});

describe('what is refused', () => {
  it('a document, a checkpoint, a run that is open already', async () => {
    const { engine } = await openHello();
    const open = async (runId: string, document: unknown, checkpoint: Uint8Array | null = null) => {
      const opened = await engine.openRun({ runId, experiment: document as never, checkpoint });
      return opened.ok ? [] : opened.problems.map(({ code }) => code);
    };
    expect(await open('a', experiment())).toEqual(['run-open']);
    expect(await open('b', { ...experiment(), format: 'nonsense' })).not.toEqual([]);
    expect(await open('b', experiment(), Uint8Array.of(1, 2, 3))).toEqual(['checkpoint-format']);
    const dataset = { task: 'shapes', inputSize: 4, sequenceLength: 3, batchSize: 1, call: 'cell' };
    expect(await open('b', { ...experiment(), dataset })).toEqual(['not-trainable']);
    expect(await open('b', experiment())).toEqual([]);
  });

  it('settings that cannot be', async () => {
    const { engine } = await openHello();
    const change = engine.controlRun('a', { kind: 'change', settings: { lr: -1 } });
    await expect(change).rejects.toThrow('training.optimizer.lr is -1; it needs a finite number above 0');
  });
});

describe('questions', () => {
  it('are answered without a run', async () => {
    const engine = withAsks(createEngine().engine);
    const source = { kind: 'file', bytes: fileOf(trained({}, 40), null) } as const;
    const pair = { input: 'hello', target: 'ohlol' };
    const predicted = await engine.predict(source, { input: 'hello' });
    expect(predicted.ok && predicted.value.predictedTokens.join('')).toBe('ohlol');
    const traced = await engine.trace(source, { input: 'hello' });
    expect(traced.ok && traced.value.directions[0]!.h).toHaveLength(5 * 4);
    const gradients = await engine.findGradients(source, { ...pair, step: 0 });
    expect(gradients.ok && gradients.value.states[0]!.dh).toHaveLength(5 * 4);
    const map = await engine.mapGradients(source, pair);
    expect(map.ok && map.value[0]!.norms).toHaveLength(5 * 5);
    const made = await engine.generate(source, { prompt: 'h', length: 1, temperature: 1, seed: 0 });
    expect(made.ok).toBe(false);
  });

  it('says beforehand what a run would hold, also where that is too much', async () => {
    const { engine, opened } = await openHello();
    const planned = await engine.planRun(experiment());
    expect(planned).toMatchObject({ ok: true, value: { memoryBytes: opened.memoryBytes } });
    const long = 'ab'.repeat(100_000);
    const large = await engine.planRun(
      experiment({
        dataset: { samples: [{ input: long, target: long }] },
        model: { hiddenSize: 1000, head: 'linear' },
      }),
    );
    if (!large.ok) throw new Error('refused');
    expect(large.value.memoryBytes).toBeGreaterThan(large.value.limitBytes);
  });

  it('the version is the package’s', async () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'package.json'), 'utf8');
    expect(version).toBe((JSON.parse(text) as { version: string }).version);
    expect(await createEngine().engine.describe()).toMatchObject({
      version,
      kernels: bestBackend().name,
    });
  });
});

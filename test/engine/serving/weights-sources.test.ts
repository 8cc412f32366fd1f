import { describe, expect, it } from 'vitest';
import type { EpochRow, RunCheckpoint, WeightPatch, WeightsSource } from '../../../engine/api.ts';
import {
  readSafetensors,
  readTensorFile,
  writeSafetensors,
  writeTensorFile,
} from '../../../engine/formats/safetensors.ts';
import { weightsDocument } from '../../../engine/formats/weights.ts';
import { predict } from '../../../engine/inspect/predict.ts';
import { trainedModel } from '../../../engine/inspect/trained.ts';
import { newOpenRun } from '../../../engine/serving/open-run.ts';
import type { Scheduler } from '../../../engine/serving/scheduler.ts';
import { createEngineService } from '../../../engine/serving/service.ts';
import { createWeightsSources } from '../../../engine/serving/weights-sources.ts';
import { type Changes, experiment, reversal, trainer, wheat } from '../documents.ts';
import { withAsks } from './asks.ts';

const deep: Changes = {
  dataset: reversal,
  model: { cell: 'lstm', hiddenSize: 3, numLayers: 2, bidirectional: true, head: 'linear' },
  training: { batchSize: 3 },
};
const pair = { input: 'bacd', target: 'dcab' };
const source = { kind: 'run', runId: 'a' } as const;

async function open(changes: Changes) {
  const rows: EpochRow[] = [];
  const yieldToMessages = () => new Promise<void>((resolve) => setImmediate(resolve));
  const checkpoints: RunCheckpoint[] = [];
  const states: string[] = [];
  const service = createEngineService(
    {
      epochs: (event) => void rows.push(...event.rows),
      checkpoint: (event) => void checkpoints.push(event.checkpoint),
      state: ({ state }) => void states.push(state.status),
    },
    { yieldToMessages, now: () => performance.now() },
  );
  const engine = withAsks(service);
  const opened = await engine.openRun({ runId: 'a', experiment: experiment(changes), checkpoint: null });
  if (!opened.ok) throw new Error('refused');
  return { engine, rows, yieldToMessages, checkpoints, states };
}

type Engine = Awaited<ReturnType<typeof open>>['engine'];

/** The answers to every question about the weights. */
async function askAll(engine: Engine, from: WeightsSource) {
  return {
    prediction: await engine.predict(from, pair),
    trace: await engine.trace(from, pair),
    gradients: await engine.findGradients(from, { ...pair, step: 1 }),
    map: await engine.mapGradients(from, pair),
  };
}

const problemsOf = (answer: { ok: boolean; problems?: { code: string; path: string; message: string }[] }) =>
  (answer.problems ?? []).map(({ code, path, message }) => `${code} ${path}: ${message}`);

describe('the same weights', () => {
  it('give the same answers as a run, a file and a patched source', async () => {
    const { engine, states, yieldToMessages } = await open(deep);
    await engine.controlRun('a', { kind: 'step-epoch' });
    while (states.at(-1) !== 'paused') await yieldToMessages();
    const { weights: bytes } = await engine.getCheckpoint('a');
    const ofRun = await askAll(engine, source);
    expect(ofRun.prediction.ok && ofRun.trace.ok && ofRun.gradients.ok && ofRun.map.ok).toBe(true);
    const file = { kind: 'file', bytes } as const;
    expect(await askAll(engine, file)).toEqual(ofRun);
    const read = readSafetensors(bytes);
    if (!read.ok || read.value.kind === 'map') throw new Error('refused');
    const { weights } = read.value.document;
    const [key, index] = ['rnn.weight_hh_l1', 5];
    const value = weights[key]!.data[index]!;
    const other = { kind: 'patched', from: source, values: [{ key, index, value: value + 1 }] } as const;
    const back: WeightsSource = {
      kind: 'patched',
      from: { ...other, values: [...other.values] },
      values: [{ key, index, value }],
    };
    expect(await askAll(engine, back)).toEqual(ofRun);
    const changed = await engine.predict({ ...other, values: [...other.values] }, pair);
    expect(changed).not.toEqual(ofRun.prediction);
    weights[key]!.data[index] = value + 1;
    expect(changed).toEqual(predict(trainedModel({ ...read.value.document, weights }), pair));
    // The source that was patched is unchanged.
    expect(await askAll(engine, file)).toEqual(ofRun);
    expect(await askAll(engine, source)).toEqual(ofRun);
  });

  it('answer in any order and at once as they do alone', async () => {
    const { engine } = await open(deep);
    const inputs = ['a', 'abcdeabcdeabcdeabcdeabcdeabcdeabcdeabcde', 'bacd', 'eeeee'];
    const alone = [];
    for (const input of inputs) {
      const one = await open(deep);
      alone.push(await one.engine.trace(source, { input }));
    }
    expect(await Promise.all(inputs.map((input) => engine.trace(source, { input })))).toEqual(alone);
    for (const [i, input] of [...inputs.entries(), ...[...inputs.entries()].reverse()]) {
      expect(await engine.trace(source, { input })).toEqual(alone[i]);
    }
  });

  it('make the same text again, from the beginning', async () => {
    const { engine } = await open({ dataset: wheat, model: { cell: 'gru', head: 'linear' } });
    const question = { prompt: 'the ', length: 20, temperature: 1, seed: 3 };
    const made = await engine.generate(source, question);
    expect(made.ok).toBe(true);
    expect(await engine.generate(source, question)).toEqual(made);
    const { engine: another } = await open({ dataset: wheat, model: { cell: 'gru', head: 'linear' } });
    expect(await another.generate(source, question)).toEqual(made);
  });
});

describe('a run that trains', () => {
  it('is asked between two batches, and comes to the same bytes', async () => {
    const changes: Changes = { ...deep, training: { ...deep.training, epochs: 200 } };
    const train = async (asked: boolean) => {
      const { engine, rows, yieldToMessages, checkpoints } = await open(changes);
      // The run is slow enough to be asked while it trains, however fast this machine is.
      await engine.controlRun('a', { kind: 'run', epochsPerSecond: asked ? 200 : null });
      let answers = 0;
      while (checkpoints.at(-1)?.epoch !== 200) {
        if (asked) {
          const epoch = rows.length;
          const answer = await engine.findGradients(source, { ...pair, step: null });
          expect(answer.ok).toBe(true);
          if (epoch > 0 && epoch < 200) answers += 1;
        }
        await yieldToMessages();
      }
      return { state: checkpoints.at(-1)!.state, weights: checkpoints.at(-1)!.weights, answers };
    };
    const [alone, asked] = [await train(false), await train(true)];
    expect(asked.answers).toBeGreaterThan(0);
    expect(asked.state).toEqual(alone.state);
    expect(asked.weights).toEqual(alone.weights);
  });

  it('answers of the best weights when a change has put them back, though it stands at the same batch', async () => {
    const { engine, states, rows, yieldToMessages } = await open({
      ...deep,
      // With steps this large, an epoch is soon worse than an earlier one.
      training: {
        batchSize: 3,
        epochs: 400,
        restoreBest: true,
        optimizer: { name: 'adam', lr: 3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 },
      },
    });
    const losses = () => rows.map(({ loss }) => loss);
    do {
      const told = states.length;
      await engine.controlRun('a', { kind: 'step-epoch' });
      while (states.length === told) await yieldToMessages();
    } while (losses().at(-1) === Math.min(...losses()));
    const before = await engine.predict(source, pair);
    await engine.controlRun('a', { kind: 'change', settings: { epochs: rows.length } });
    const { weights: bytes } = await engine.getCheckpoint('a');
    const after = await engine.predict(source, pair);
    expect(after).toEqual(await engine.predict({ kind: 'file', bytes }, pair));
    expect(after).not.toEqual(before);
  });

  it('is not kept where it was closed before its weights were copied', async () => {
    const clock = { yieldToMessages: async () => {}, now: () => performance.now(), sleep: async () => {} };
    const run = newOpenRun('a', trainer({}), 0);
    const scheduler = { betweenBatches: (_: unknown, work: () => unknown) => work() } as Scheduler;
    const sources = createWeightsSources(new Map([['a', run]]), () => null, scheduler, clock);
    const ask = async () => {
      const opened = await sources.open(source);
      return opened.ok && opened.value;
    };
    run.isClosed = true;
    expect(await ask()).not.toBe(await ask());
    run.isClosed = false;
    expect(await ask()).toBe(await ask());
  });

  it('answers of the weights that it has now, after each batch', async () => {
    const { engine, states, yieldToMessages } = await open(deep);
    const said = [];
    for (let batch = 0; batch < 5; batch++) {
      const { weights: bytes } = await engine.getCheckpoint('a');
      const answer = await engine.predict(source, pair);
      expect(answer).toEqual(await engine.predict({ kind: 'file', bytes }, pair));
      said.push(answer.ok && answer.value.logits.join());
      const told = states.length;
      await engine.controlRun('a', { kind: 'step-batch' });
      while (states.length === told) await yieldToMessages();
    }
    expect(new Set(said).size).toBe(5);
  });

  it('that was closed and opened again is another', async () => {
    const { engine } = await open(deep);
    const before = await engine.predict(source, pair);
    await engine.closeRun('a');
    expect(problemsOf(await engine.predict(source, pair))).toEqual([
      'unknown-run source.runId: run a is not open',
    ]);
    const other = experiment({ ...deep, training: { ...deep.training, seed: 9 } });
    await engine.openRun({ runId: 'a', experiment: other, checkpoint: null });
    expect(await engine.predict(source, pair)).not.toEqual(before);
  });
});

describe('what is refused', () => {
  it.each<[WeightPatch, string]>([
    [
      { key: 'rnn.weight', index: 0, value: 0 },
      'extra-weight source.values[0].key: source.values[0].key, "rnn.weight", is no parameter of the model, which has rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, rnn.bias_hh_l0',
    ],
    [{ key: 'toString', index: 0, value: 0 }, 'extra-weight source.values[0].key: '],
    [
      { key: 'rnn.weight_ih_l0', index: 16, value: 0 },
      'weight-index source.values[0].index: source.values[0].index is 16; rnn.weight_ih_l0 [4, 4] has the places 0 to 15',
    ],
    [{ key: 'rnn.weight_ih_l0', index: -1, value: 0 }, 'weight-index source.values[0].index: '],
    [{ key: 'rnn.weight_ih_l0', index: 0.5, value: 0 }, 'weight-index source.values[0].index: '],
    [
      { key: 'rnn.weight_ih_l0', index: 15, value: 1e39 },
      'weight-number source.values[0].value: source.values[0].value is 1e+39; it must be a finite float32 number',
    ],
    [{ key: 'rnn.weight_ih_l0', index: 15, value: Number.NaN }, 'weight-number source.values[0].value: '],
  ])('%o', async (patch, message) => {
    const { engine } = await open({});
    const answer = await engine.predict({ kind: 'patched', from: source, values: [patch] }, { input: 'he' });
    expect(problemsOf(answer)).toEqual([expect.stringContaining(message)]);
    const from = { kind: 'patched', from: source, values: [patch] } as const;
    const inner = await engine.predict({ kind: 'patched', from, values: [] } as never, { input: 'he' });
    expect(problemsOf(inner)[0]).toMatch(
      /^(extra-weight|weight-index|weight-number) source\.from\.values\[0\]/,
    );
  });

  it('a file that says no vocabulary, one that is none, and a run under a patch that is not open', async () => {
    const { engine } = await open({});
    const read = readTensorFile((await engine.getCheckpoint('a')).weights);
    if (!read.ok) throw new Error('refused');
    const bytes = writeTensorFile({ weights: read.value.weights, metadata: {} });
    expect(problemsOf(await engine.predict({ kind: 'file', bytes }, { input: 'he' }))[0]).toMatch(
      /^no-vocabulary : the safetensors file is a bare state dict/,
    );
    const short = Uint8Array.of(1, 2, 3);
    expect(problemsOf(await engine.predict({ kind: 'file', bytes: short }, { input: 'he' }))[0]).toMatch(
      /^cut-off/,
    );
    const from = { kind: 'run', runId: 'b' } as const;
    expect(problemsOf(await engine.predict({ kind: 'patched', from, values: [] }, { input: 'he' }))).toEqual([
      'unknown-run source.from.runId: run b is not open',
    ]);
  });

  it('nothing of a file is taken from one that was there before: the caller may change its bytes', async () => {
    const { engine } = await open({});
    const { weights: bytes } = await engine.getCheckpoint('a');
    const file = { kind: 'file', bytes } as const;
    const before = await engine.predict(file, { input: 'hello' });
    bytes.fill(0, bytes.length - 64);
    const after = await engine.predict(file, { input: 'hello' });
    expect(after.ok && before.ok).toBe(true);
    expect(after).not.toEqual(before);
  });

  it('nor of numbers that were changed in it before: the caller may change those, too', async () => {
    const { engine } = await open(deep);
    const values = [{ key: 'head.bias', index: 0, value: 1 }];
    const ask = () => engine.predict({ kind: 'patched', from: source, values }, pair);
    const one = await ask();
    values[0]!.value = 50;
    const other = await ask();
    const fresh = await engine.predict(
      { kind: 'patched', from: source, values: [{ key: 'head.bias', index: 0, value: 50 }] },
      pair,
    );
    expect(other).toEqual(fresh);
    expect(other).not.toEqual(one);
  });

  it('says a file’s warnings with each answer', async () => {
    const { engine } = await open({});
    const document = weightsDocument(experiment({}), {}, null);
    const read = readTensorFile((await engine.getCheckpoint('a')).weights);
    if (!read.ok) throw new Error('refused');
    const vocabulary = document.vocabulary;
    const odd = { ...document, vocabulary, weights: read.value.weights, extra: 1 };
    const bytes = writeSafetensors(odd);
    for (let time = 0; time < 2; time++) {
      const answer = await engine.predict({ kind: 'file', bytes }, { input: 'hello' });
      expect(answer.ok && answer.warnings.map(({ path }) => path)).toEqual(['extra']);
    }
  });
});

/** How long an engine takes to answer the questions of Inspect, without the transport to the window. */
import type { WeightPatch } from '../../engine/api.ts';
import { patchWeights } from '../../engine/inspect/patch.ts';
import { askInPieces } from '../../engine/inspect/question.ts';
import { type TrainedModel, trainedModel } from '../../engine/inspect/trained.ts';
import { finish } from '../../engine/kernels/pieces.ts';
import { type CellName, defaultModel, parameterShapes } from '../../engine/model/spec.ts';
import type { Question } from '../../engine/questions.ts';
import { createGenerator } from '../../engine/tensor/random.ts';
import { median } from './side.ts';

export interface InspectRow {
  what: string;
  ms: number;
  /** The size of the answer's columns. */
  kilobytes: number;
  /** The limit in ENGINE.md; null: there is none. */
  atMostMs: number | null;
}

const vocabulary = [...'abcdefghijklmnopqrstuvwxyz'];

function model(cell: CellName, hiddenSize: number, numLayers: number): TrainedModel {
  const spec = { ...defaultModel(), cell, hiddenSize, numLayers, head: 'linear' as const };
  const sizes = { inputSize: vocabulary.length, outputSize: vocabulary.length };
  const generator = createGenerator(0);
  const weights = Object.fromEntries(
    parameterShapes(spec, sizes).map(({ key, shape }) => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      generator.uniform(data, -1 / Math.sqrt(hiddenSize), 1 / Math.sqrt(hiddenSize));
      return [key, { shape, data }];
    }),
  );
  const targetVocabulary = vocabulary;
  return trainedModel({
    model: spec,
    task: 'mapping',
    tokens: 'characters',
    vocabulary,
    targetVocabulary,
    weights,
  });
}

const text = (length: number, by: number) =>
  Array.from({ length }, (_, t) => vocabulary[(t * by) % vocabulary.length]).join('');

function measure(what: string, rounds: number, atMostMs: number | null, ask: () => unknown): InspectRow {
  let answer = ask();
  const ms = Array.from({ length: rounds }, () => {
    const from = performance.now();
    answer = ask();
    return performance.now() - from;
  });
  return { what, ms: median(ms), kilobytes: bytesIn(answer) / 1000, atMostMs };
}

function bytesIn(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + bytesIn(part), 0);
}

function answerOf(trained: TrainedModel, question: Question): unknown {
  const found = finish(askInPieces(trained, question));
  if (!found.ok) throw new Error(found.problems[0]!.message);
  return found.value;
}

export function measureInspect(): InspectRow[] {
  const large = model('lstm', 64, 4);
  const pair = { input: text(50, 7), target: text(50, 11) };
  const back = { ...pair, step: null, loss: 'mean' as const };
  const small = model('lstm', 16, 1);
  const samples = Array.from({ length: 20 }, (_, i) => ({ input: text(10, i + 1), target: text(10, i + 3) }));
  let edits = 0;
  const edit = () => {
    const values: WeightPatch[] = [{ key: 'rnn.weight_hh_l0', index: 3, value: ++edits / 100 }];
    const patched = patchWeights(small, values, 'source');
    if (!patched.ok) throw new Error('refused');
    return answerOf(patched.value, { kind: 'evaluate', samples });
  };
  const wide = model('lstm', 512, 1);
  const patch = { layer: 3, reverse: false, step: 25, state: 'h', units: null, set: 'zero' } as const;
  const inputs = Array.from({ length: 20 }, (_, i) => text(50, i + 1));
  const sweep = { key: 'rnn.weight_hh_l0', index: 3, from: -4, to: 4, points: 81, samples };
  const rows = [
    measure('trace, LSTM H 64, L 4, T 50', 20, 20, () =>
      answerOf(large, { kind: 'trace', input: pair.input }),
    ),
    measure('backward-trace, the same', 20, 50, () => answerOf(large, { kind: 'backward-trace', ...back })),
    measure('running-gradient, the same', 10, 50, () =>
      answerOf(large, { kind: 'running-gradient', ...back, key: 'rnn.weight_hh_l2', at: 25 }),
    ),
    measure('gradient-map, the same, K 50', 5, 500, () => answerOf(large, { kind: 'gradient-map', ...pair })),
    measure('unit-patches, the same, 64 units', 3, null, () =>
      answerOf(large, {
        kind: 'unit-patches',
        input: pair.input,
        patches: [patch],
        ...{ target: 0, rival: 1 },
      }),
    ),
    measure('project-states, the same, 20 inputs', 5, null, () =>
      answerOf(large, { kind: 'project-states', inputs, layer: 3, reverse: false }),
    ),
    measure('distribution of 1,048,576 weights', 10, null, () =>
      answerOf(wide, { kind: 'distribution', key: 'rnn.weight_hh_l0', bins: 48 }),
    ),
    measure('weight edit, LSTM H 16, 20 samples of 10', 30, 1000 / 30, edit),
    measure('weight-sweep of 81, the same', 5, null, () =>
      answerOf(small, { kind: 'weight-sweep', ...sweep }),
    ),
  ];
  console.log('\n| Inspect, plain loops | ms | asked for | kB |\n| --- | --- | --- | --- |');
  for (const { what, ms, kilobytes, atMostMs } of rows)
    console.log(`| ${what} | ${ms.toFixed(1)} | ${atMostMs?.toFixed(0) ?? ''} | ${kilobytes.toFixed(0)} |`);
  return rows;
}

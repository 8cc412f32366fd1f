/**
 * Characters per second generated one after another by an LSTM language model, and by nn.LSTMCell for the
 * same job.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startGenerating } from '../../engine/inspect/generate.ts';
import { finish } from '../../engine/kernels/pieces.ts';
import { createTrainer } from '../../engine/training/trainer.ts';
import { type Job, jobs } from './jobs.ts';
import { median } from './side.ts';

export interface GenerationRow {
  hiddenSize: number;
  perSecond: number;
  torchPerSecond: number | null;
}

export function measureGeneration(torch: string | null): GenerationRow[] {
  console.log(
    '\n| generation, LSTM, B 1 | characters/s | PyTorch, LSTMCell | ratio |\n| --- | --- | --- | --- |',
  );
  return ['LSTM H 128, B 1, T 25', 'LSTM H 512, B 16, T 25'].map((name) => {
    const job = jobs.find((candidate) => candidate.name === name)!;
    const row = measure(job, torch);
    const { hiddenSize, perSecond, torchPerSecond } = row;
    const theirs =
      torchPerSecond === null
        ? ' | '
        : `${torchPerSecond.toFixed(0)} | ${(perSecond / torchPerSecond).toFixed(1)}×`;
    console.log(`| H ${hiddenSize} | ${perSecond.toFixed(0)} | ${theirs} |`);
    return row;
  });
}

function measure({ experiment }: Job, torch: string | null): GenerationRow {
  const { model, dataset } = experiment;
  const made = createTrainer(experiment, null);
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const { task, tokens, vocabulary, targetVocabulary } = dataset;
  if (task !== 'language-model') throw new Error(`the job's task is ${task}`);
  const weights = made.value.weights();
  const trained = { model, task, tokens, vocabulary, targetVocabulary, weights } as const;
  const started = startGenerating(trained, { prompt: vocabulary[0]!, temperature: 1, seed: 0 });
  if (!started.ok) throw new Error(started.problems[0]!.message);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < 7; round++) {
    const from = performance.now();
    for (let i = 0; i < 3000; i++) finish(started.value());
    ours.push(3_000_000 / (performance.now() - from));
    if (torch !== null && round % 2 === 0)
      theirs.push(torchGeneration(torch, model.hiddenSize, vocabulary.length));
  }
  return {
    hiddenSize: model.hiddenSize,
    perSecond: median(ours),
    torchPerSecond: theirs.length === 0 ? null : median(theirs),
  };
}

function torchGeneration(torch: string, H: number, V: number): number {
  const script = join(import.meta.dirname, 'torch_generate.py');
  const { stdout } = spawnSync(torch, ['-W', 'ignore', script, String(H), String(V)], { encoding: 'utf8' });
  return Number(stdout);
}

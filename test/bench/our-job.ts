/**
 * Trains one job in a process of its own: `our-job.ts DOCUMENT`. For each line on standard input, which
 * holds a number of epochs, it trains that many and answers with a line of JSON: milliseconds per epoch as
 * `ohlol train` counts them, the losses, and once the run's memory. OHLOL_THREADS limits its threads.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { checkExperiment } from '../../engine/formats/experiment.ts';
import type { Backend } from '../../engine/kernels/backend.ts';
import type { SequenceExperiment } from '../../engine/model/experiment.ts';
import { createTrainer } from '../../engine/training/trainer.ts';
import { openBackend } from '../../main/engine-process/kernel-backend.ts';
import { flagSets, setFlags } from '../../main/engine-process/kernel-flags.ts';

const read = checkExperiment(JSON.parse(readFileSync(process.argv[2]!, 'utf8')));
if (!read.ok) throw new Error(read.problems[0]!.message);
setFlags(flagSets()[0]!);
const backend = openBackend();
/** A small job is not shared among threads. */
let threadsUsed = 1;
const watched: Backend = {
  ...backend,
  create(work, plannedBytes) {
    const kernels = backend.create(work, plannedBytes);
    threadsUsed = kernels.program?.threads ?? 1;
    return kernels;
  },
};
const made = createTrainer(read.value as SequenceExperiment, null, { backend: watched });
if (!made.ok) throw new Error(made.problems[0]!.message);
const trainer = made.value;

for await (const line of createInterface({ input: process.stdin })) {
  const epochs = Number(line);
  const before = trainer.progress().trainedMs;
  const losses: number[] = [];
  while (losses.length < epochs) {
    const many = trainer.manyEpochs(1000, epochs - losses.length);
    for (const row of many ?? [trainer.stepEpoch()!]) losses.push(row.loss);
  }
  const ms = (trainer.progress().trainedMs - before) / epochs;
  const { memoryBytes } = trainer;
  process.stdout.write(
    `${JSON.stringify({ ms, losses: losses.slice(-5), kernels: backend.name, memoryBytes, threadsUsed })}\n`,
  );
}
process.exit(0);

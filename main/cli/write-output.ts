import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EpochRow } from '../../engine/api.ts';
import { createResultWriter } from '../../engine/formats/result.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import { fileProblem, startFile, writeFileAtomically } from '../files.ts';
import { Refusal, refuse } from './refusal.ts';
import type { TrainedRun } from './run-training.ts';

/** Refuses a path that cannot be written before hours of training go into it. */
export async function checkWritable(path: string): Promise<void> {
  try {
    const existing = await stat(path).catch(() => null);
    if (existing?.isDirectory()) throw refuse('file-unwritable', `${path}: it is a folder; a file is needed`);
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw refusalFor(path, error);
  }
}

/** Writes the whole file or nothing. */
export async function writeOutput(path: string, contents: string | Uint8Array): Promise<void> {
  try {
    await writeFileAtomically(path, contents);
  } catch (error) {
    throw refusalFor(path, error);
  }
}

export interface ResultFile {
  add(row: EpochRow): void;
  finish(run: TrainedRun): Promise<void>;
}

/** A result that grows on the disk epoch by epoch, and appears under its name when the run has ended. */
export function startResult(path: string, experiment: ExperimentDocument): ResultFile {
  const writer = createResultWriter(experiment);
  const file = attempt(path, () => startFile(path));
  let waiting = writer.start();
  const flush = () => {
    attempt(path, () => file.append(waiting));
    waiting = '';
  };
  // A signal that ends the process leaves no half-written file behind.
  process.on('exit', file.discard);
  return {
    add(row) {
      waiting += writer.epoch(row);
      if (waiting.length > flushedCharacters) flush();
    },
    async finish({ state, initialWeights, weights, seconds }) {
      waiting += writer.end({ status: state.status, initialWeights, weights, seconds });
      flush();
      await file.commit().catch((error) => {
        throw refusalFor(path, error);
      });
      process.off('exit', file.discard);
    },
  };
}

const flushedCharacters = 1 << 20;

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw refusalFor(path, error);
  }
}

function refusalFor(path: string, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const found = fileProblem(error, 'written');
  return new Refusal([{ ...found, message: `${path}: ${found.message}` }]);
}

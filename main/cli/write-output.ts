import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { EpochRow } from '../../engine/api.ts';
import type { Problem } from '../../engine/errors.ts';
import { createResultWriter } from '../../engine/formats/result.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import { startFile } from '../files.ts';
import {
  type Apart,
  apartFrom,
  checkTarget,
  type Replaceable,
  type WriteRules,
  writeProblem,
} from '../write-guard.ts';
import { Refusal } from './refusal.ts';
import type { TrainedRun } from './run-training.ts';
import { specialOutput } from './special-output.ts';
import { holdWithoutReader } from './terminal.ts';

/** An output that the user named. */
export interface OutputRequest {
  /** `--out` */
  option: string;
  path: string;
  /** The files that it may replace without `--force`. */
  replaces: Replaceable;
}

/** An output that was checked; nothing has been written to it yet. */
export interface Output {
  path: string;
  rules: WriteRules;
  kind: 'file' | 'special';
  /** Whether it goes to standard output, to which nothing else may then be printed. */
  isStandardOutput: boolean;
}

export interface OutputContext {
  /** Paths that the command reads, each with its name in sentences. */
  inputs: { path: string; what: string }[];
  force: boolean;
}

/**
 * Checks outputs before hours of training are spent. Throws a Refusal for a path that would overwrite an input, a
 * project, another output or a file of another kind, or cannot be written. The same is checked again on writing.
 */
export function checkOutputs(requests: readonly OutputRequest[], { inputs, force }: OutputContext): Output[] {
  const read = inputs.map(({ path, what }) => apartFrom(path, what));
  const written = requests.map(({ option, path }) => apartFrom(path, `the output of ${option}`));
  const problems: Problem[] = [];
  const outputs = requests.flatMap(({ path, replaces }, i): Output[] => {
    const others = written.filter((_, other) => other !== i);
    const rules: WriteRules = {
      replaces: force ? 'anything' : replaces,
      special: 'written-into',
      apart: [...read, ...others, ...redirected(path)],
    };
    try {
      const target = checkTarget(path, rules);
      const isStandardOutput = target.kind === 'special' && target.descriptor === 1;
      return [{ path, rules, kind: target.kind, isStandardOutput }];
    } catch (error) {
      problems.push(writeProblem(path, error));
      return [];
    }
  });
  if (problems.length > 0) throw new Refusal(problems);
  return outputs;
}

/**
 * The file to which standard output is redirected (`ohlol … > file`), which counts as an output, unless `path` means it
 * by /dev/stdout.
 */
function redirected(path: string): Apart[] {
  try {
    if (!fstatSync(1).isFile() || /^\/(dev|proc)\//.test(path)) return [];
    return [apartFrom('/dev/stdout', 'the standard output')];
  } catch {
    // Standard output is closed, or this system has no such path.
    return [];
  }
}

/**
 * An output that is being written. A file appears whole or not at all; pipes and devices get the pieces as they come.
 */
export interface OpenOutput {
  append(piece: string | Uint8Array): void;
  /** A promise that resolves when a slow reader has caught up; null if none is behind. */
  backlog(): Promise<unknown> | null;
  finish(): Promise<void>;
  discard(): void;
}

/** Opens a checked output for writing, after checking it again. Each step throws a Refusal if it fails. */
export function openOutput({ path, rules }: Output): OpenOutput {
  const release = holdWithoutReader();
  const target = attempt(path, () => checkTarget(path, rules));
  if (target.kind === 'file') {
    const file = attempt(path, () => startFile(path, rules));
    return {
      append: (piece) => attempt(path, () => file.append(piece)),
      backlog: () => null,
      async finish() {
        await file.commit().catch((error) => {
          throw refusalFor(path, error);
        });
        release();
      },
      discard() {
        file.discard();
        release();
      },
    };
  }
  const stream = specialOutput(target);
  let failed: Error | null = null;
  stream.on('error', (error) => {
    failed = error;
  });
  return {
    append(piece) {
      if (failed) throw refusalFor(path, failed);
      stream.write(piece);
    },
    backlog: () => (!failed && stream.writableNeedDrain ? once(stream, 'drain').catch(() => {}) : null),
    async finish() {
      if (!failed) stream.end();
      await finished(stream).catch((error) => {
        throw refusalFor(path, failed ?? error);
      });
      release();
    },
    discard() {
      stream.destroy();
      release();
    },
  };
}

/** Writes the whole output; a file appears whole or not at all. */
export async function writeOutput(output: Output, contents: string | Uint8Array): Promise<void> {
  const open = openOutput(output);
  open.append(contents);
  await open.finish();
}

export interface ResultFile {
  add(row: EpochRow): void;
  backlog(): Promise<unknown> | null;
  finish(run: TrainedRun): Promise<void>;
  discard(): void;
}

/** Starts a result file, which grows on the disk epoch by epoch and appears under its name when the run has ended. */
export function startResult(output: Output, experiment: ExperimentDocument): ResultFile {
  const writer = createResultWriter(experiment);
  const open = openOutput(output);
  let waiting = writer.start();
  const flush = () => {
    open.append(waiting);
    waiting = '';
  };
  return {
    add(row) {
      waiting += writer.epoch(row);
      if (waiting.length > flushedCharacters) flush();
    },
    backlog: open.backlog,
    async finish({ state, initialWeights, weights, restoredEpoch, seconds }) {
      const restored = restoredEpoch === null ? {} : { restoredEpoch };
      waiting += writer.end({ status: state.status, initialWeights, weights, ...restored, seconds });
      flush();
      await open.finish();
    },
    discard: open.discard,
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
  return error instanceof Refusal ? error : new Refusal([writeProblem(path, error)]);
}

/**
 * Opens the weights that a question is about: an open run's, a past epoch's, a file's, and any of these with numbers
 * changed.
 */
import type { RunPlace, WeightPatch, WeightsSource } from '../api.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import { readFloatTensors } from '../formats/float-tensors.ts';
import { createModelCache, type WeightsKey } from '../inspect/model-cache.ts';
import { patchWeights } from '../inspect/patch.ts';
import { copyTensors, type TrainedModel, trainedModel } from '../inspect/trained.ts';
import { type Clock, inSlices } from './clock.ts';
import type { OpenRun } from './open-run.ts';
import { notKept } from './replays.ts';
import type { Scheduler } from './scheduler.ts';

export interface WeightsSources {
  /** The weights, or the reason why there are none. A run waits between two batches while its weights are copied. */
  open(source: WeightsSource): Promise<Result<TrainedModel>>;
  /** Drops what is kept beyond the bound; to be called after each question. */
  trim(): void;
  /** Drops everything kept of a run that is closed. */
  forget(run: OpenRun): void;
}

export function createWeightsSources(
  runs: ReadonlyMap<string, OpenRun>,
  pastOf: (runId: string, place: RunPlace) => TrainedModel | null,
  scheduler: Scheduler,
  clock: Clock,
): WeightsSources {
  const cache = createModelCache();

  async function open(source: WeightsSource, path: string): Promise<Result<TrainedModel>> {
    switch (source.kind) {
      case 'run':
        return openRun(source.runId, path);
      case 'past':
        return openPast(source.runId, source.place, path);
      case 'file':
        return inSlices(openFile(source.bytes), clock);
      case 'patched': {
        const from = await open(source.from, `${path}.from`);
        return from.ok ? inSlices(openPatched(from.value, from.warnings, source.values, path), clock) : from;
      }
    }
  }

  async function openRun(runId: string, path: string): Promise<Result<TrainedModel>> {
    const run = runs.get(runId);
    if (run === undefined) {
      return failure(problem('unknown-run', `${path}.runId`, `run ${runId} is not open`, { runId }));
    }
    return scheduler.betweenBatches(run, () => inSlices(copyRun(run), clock));
  }

  /** A kept past has its model ready: nothing is copied. */
  function openPast(runId: string, place: RunPlace, path: string): Result<TrainedModel> {
    const kept = pastOf(runId, place);
    return kept === null ? notKept(runId, place, `${path}.place`) : success(kept);
  }

  /** Copies the weights of a run that stands between two batches. */
  function* copyRun(run: OpenRun): Generator<void, Result<TrainedModel>> {
    const { trainer, opening } = run;
    const { epoch, batch } = trainer.progress();
    // The status belongs to the key because a run that diverges goes back to earlier weights.
    const standing = `${epoch} ${batch} ${trainer.state().status}`;
    const key: WeightsKey = { kind: 'run', opening, standing };
    const kept = yield* cache.find(key);
    if (kept !== null) return kept;
    const { model, dataset } = trainer.experiment;
    const weights = yield* copyTensors(trainer.parameters);
    const trained = trainedModel({ model, ...dataset, weights });
    if (!run.isClosed) cache.keep(key, trained);
    return success(trained);
  }

  function* openFile(bytes: Uint8Array): Generator<void, Result<TrainedModel>> {
    const kept = yield* cache.find({ kind: 'file', bytes });
    if (kept !== null) return kept;
    const read = yield* readFloatTensors(bytes);
    if (!read.ok) return read;
    if (read.value.kind === 'map') {
      const message =
        'the safetensors file is a bare state dict, which says neither cell nor vocabulary; one that Ohlol wrote says both in its metadata';
      return failure(problem('no-vocabulary', '', message));
    }
    const trained = trainedModel(read.value.document);
    // The cache has a copy: the caller may change its own bytes.
    cache.keep({ kind: 'file', bytes: bytes.slice() }, trained, read.warnings);
    return success(trained, read.warnings);
  }

  function* openPatched(
    from: TrainedModel,
    warnings: Problem[],
    values: readonly WeightPatch[],
    path: string,
  ): Generator<void, Result<TrainedModel>> {
    const kept = yield* cache.find({ kind: 'patched', from, values });
    if (kept !== null) return kept;
    const patched = patchWeights(from, values, path);
    if (!patched.ok) return patched;
    cache.keep(
      { kind: 'patched', from, values: values.map((value) => ({ ...value })) },
      patched.value,
      warnings,
    );
    return success(patched.value, warnings);
  }

  return {
    open: (source) => open(source, 'source'),
    trim: () => cache.trim(),
    forget: ({ opening }) => cache.forgetRun(opening),
  };
}

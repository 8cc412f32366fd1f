/** Replayed runs: the open replay, and the states it has reached, kept up to a bound of bytes. */
import type {
  OpenReplay,
  Past,
  PastFound,
  ReplayApi,
  Replayed,
  RunCheckpoint,
  RunPlace,
  SettingsChange,
} from '../api.ts';
import { isBefore } from '../data/run-place.ts';
import { type Failure, failure, problem, type Result, success } from '../errors.ts';
import { writeSafetensorsInPieces } from '../formats/safetensors.ts';
import { type TrainedBy, weightsDocument } from '../formats/weights.ts';
import { copyTensors, type TrainedModel, trainedModel } from '../inspect/trained.ts';
import type { Backend } from '../kernels/backend.ts';
import type { ExperimentDocument, SequenceExperiment } from '../model/experiment.ts';
import { branchInPieces } from '../training/branch.ts';
import { createReplayInPieces, type Replay } from '../training/replay.ts';
import type { Trainer } from '../training/trainer.ts';
import { type Clock, inSlices } from './clock.ts';
import { createKeptStates, until } from './kept-states.ts';

/** Bytes of kept states and weights together, however many epochs are looked at. */
const usualBytes = 128 * 2 ** 20;

export interface Replays extends ReplayApi {
  /** The weights of a kept state; null where the state is not kept. */
  weightsOf(runId: string, place: RunPlace): TrainedModel | null;
}

type ReplaySlice = Parameters<ReplayApi['replay']>[0];

interface Open {
  runId: string;
  changes: SettingsChange[];
  replay: Replay;
}

export function createReplays(
  readTrainable: (experiment: ExperimentDocument) => Result<SequenceExperiment>,
  backend: Backend,
  clock: Clock,
  mostBytes = usualBytes,
): Replays {
  const kept = createKeptStates(mostBytes);
  let open: Open | null = null;
  let last: Promise<unknown> = Promise.resolve();

  function close(): void {
    open?.replay.trainer.close();
    open = null;
  }

  function* copyState({ runId, changes, replay }: Open): Generator<void, void> {
    const { trainer } = replay;
    const place = replay.place();
    const state = yield* trainer.checkpointInPieces();
    const weights = yield* copyTensors(trainer.parameters);
    const { experiment } = trainer;
    const { model, dataset } = experiment;
    kept.keep({
      ...{ runId, place, state, experiment },
      changes: JSON.stringify(until(changes, place)),
      model: trainedModel({ model, ...dataset, weights }),
      trainedBy: trainedBy(trainer),
    });
  }

  function startOf(
    runId: string,
    from: OpenReplay['from'],
  ): { checkpoint: Uint8Array | null; place: RunPlace } | null {
    switch (from.kind) {
      case 'start':
        return { checkpoint: null, place: { epoch: 0, batch: 0 } };
      case 'checkpoint':
        return { checkpoint: from.state, place: from.place };
      case 'kept': {
        const found = kept.find(runId, from.place);
        return found && { checkpoint: found.state, place: from.place };
      }
    }
  }

  /** Does one thing after another: a trainer at work must be neither closed nor asked. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  }

  function openPlace({ runId, epoch, batch, changes }: Past): PastFound | null {
    if (open?.runId !== runId) return null;
    const place = open.replay.place();
    const sofar = JSON.stringify(until(open.changes, place));
    // Changes still to come are fixed in the open replay, too; they must agree up to the place asked for.
    const isSame = sofar === JSON.stringify(until(changes, place));
    const end = { epoch, batch };
    const comes = JSON.stringify(until(open.changes, end)) === JSON.stringify(until(changes, end));
    return isSame && comes && !isBefore(end, place) ? { ...place, as: 'open' } : null;
  }

  async function openReplay({ runId, experiment, changes, from }: OpenReplay): Promise<Result<RunPlace>> {
    close();
    const read = readTrainable(experiment);
    if (!read.ok) return read;
    const start = startOf(runId, from);
    if (start === null) return notKept(runId, from.kind === 'kept' ? from.place : { epoch: 0, batch: 0 });
    const source = { experiment: read.value, changes, ...start };
    const made = await inSlices(createReplayInPieces(source, backend), clock);
    if (!made.ok) return made;
    open = { runId, changes, replay: made.value };
    return success(made.value.place());
  }

  async function replay({ runId, milliseconds, ...end }: ReplaySlice): Promise<Result<Replayed>> {
    const one = open;
    if (one?.runId !== runId) return notKept(runId, end);
    const ends = clock.now() + milliseconds;
    const losses: number[] = [];
    const gradNorms: number[] = [];
    const advanced = await inSlices(
      one.replay.advance(
        end,
        () => ends - clock.now(),
        (row) => {
          losses.push(row.loss);
          gradNorms.push(row.gradNorm);
        },
      ),
      clock,
    );
    if (!advanced.ok) return advanced;
    const place = advanced.value;
    // The end of a slice inside an epoch is nowhere; only a place that was asked for is kept there.
    if (place.batch === 0 || !isBefore(place, end)) await inSlices(copyState(one), clock);
    return success({
      ...place,
      losses: Float64Array.from(losses),
      gradNorms: Float64Array.from(gradNorms),
    });
  }

  return {
    async findPast(past) {
      const [one, other] = [openPlace(past), kept.nearest(past)];
      if (one === null || other === null) return one ?? other;
      // A kept state of exactly this place needs no replay.
      return isBefore(one, other) || !isBefore(other, past) ? other : one;
    },
    openReplay: (request) => inTurn(() => openReplay(request)),
    replay: (request) => inTurn(() => replay(request)),
    async getPast({ runId, place }) {
      const found = kept.find(runId, place);
      if (found === null) return notKept(runId, place);
      const { state, experiment, model, trainedBy } = found;
      const tensors = Object.entries(model.weights).map(([key, { shape, data }]) => ({
        ...{ key, shape },
        value: data as Float32Array,
      }));
      const document = weightsDocument(experiment, {}, trainedBy);
      const weights = await inSlices(writeSafetensorsInPieces(document, tensors), clock);
      const checkpoint: RunCheckpoint = { epoch: place.epoch, state, weights };
      return success(checkpoint);
    },
    async makeBranch({ from, to, state, values }) {
      const [before, after] = [readTrainable(from), readTrainable(to)];
      if (!before.ok) return before;
      if (!after.ok) return after;
      const made = await inSlices(
        branchInPieces({ from: before.value, to: after.value, state, values }, backend),
        clock,
      );
      if (!made.ok) return made;
      const trainer = made.value;
      try {
        const { epoch } = trainer.progress();
        const checkpoint = await inSlices(trainer.checkpointInPieces(), clock);
        const document = weightsDocument(trainer.experiment, {}, trainedBy(trainer));
        const weights = await inSlices(writeSafetensorsInPieces(document, trainer.parameters), clock);
        return success({ epoch, state: checkpoint, weights }, [...after.warnings, ...made.warnings]);
      } finally {
        trainer.close();
      }
    },
    closeReplay: (runIds) =>
      inTurn(async () => {
        close();
        kept.forget(runIds);
      }),
    weightsOf: (runId, place) => kept.find(runId, place)?.model ?? null,
  };
}

/** What a weights file says about the training of the run's weights; null before the first update. */
export function trainedBy(trainer: Trainer): TrainedBy | null {
  const { epoch, batch } = trainer.progress();
  if (epoch === 0 && batch === 0) return null;
  return { ...trainer.trainedBy(), seed: trainer.experiment.training.seed };
}

/** The caller can have the place replayed again. */
export function notKept(runId: string, { epoch, batch }: RunPlace, path = 'epoch'): Failure {
  const where = batch === 0 ? '' : ` and batch ${batch} of the next`;
  const message = `run ${runId} is not kept as it was after epoch ${epoch}${where}`;
  return failure(problem('past-not-kept', path, message, { runId, epoch, batch }));
}

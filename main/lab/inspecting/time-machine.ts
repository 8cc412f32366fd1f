/**
 * A project's runs as they were after any of their epochs. States in the file are read; others are replayed in an
 * engine process of its own, so that training runs are not disturbed. Nothing is written.
 */
import type {
  BatchStory,
  EpochRow,
  RunCheckpoint,
  SettingsChange,
  WeightsSource,
} from '../../../engine/api.ts';
import { failure, type Result, success } from '../../../engine/errors.ts';
import type { Answer } from '../../../engine/questions.ts';
import type { CheckpointView, Moment, PastView } from '../../api.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import type { AnswersOver, AskRunOver, BatchMoment, ExplainBatchOfRun } from '../../inspect-api.ts';
import type { Keeper } from '../../project/keeper.ts';
import type { LargeBytes } from '../../project/large-bytes.ts';
import { readCheckpoints, readSettings } from '../../project/past-store.ts';
import { readRun } from '../../project/run-store.ts';
import { answered } from '../runs/answered.ts';
import { unknownRun } from '../runs/command-rules.ts';
import { onlyLost } from '../runs/live-run.ts';
import type { LiveRuns } from '../runs/live-runs.ts';
import type { InTurn } from '../runs/turns.ts';
import { type AskedOfRun, askOverEpochs } from './asking-over.ts';
import { documentAt } from './branch-document.ts';
import { findMoment, type PastMoment } from './past-run.ts';
import { type LookOptions, replayTo } from './replaying.ts';

export type { LookOptions } from './replaying.ts';

export interface TimeMachine {
  checkpoints(runId: string): Result<CheckpointView[]>;
  changes(runId: string): Result<SettingsChange[]>;
  look(runId: string, at: Moment, options: LookOptions): Promise<Result<PastView>>;
  /** `asked.weights` sets some of the moment's weights to other values for this question. */
  ask(asked: AskedOfRun, options: LookOptions): Promise<Result<Answer>>;
  /** The same question after each of these epochs. */
  askOver(asked: AskRunOver, options: LookOptions): Promise<Result<AnswersOver>>;
  /** Everything the run needs to continue from there. Not available for `now`. */
  state(
    runId: string,
    at: Exclude<Moment, 'now'> | BatchMoment,
    options: LookOptions,
  ): Promise<Result<PastState>>;
  /** What the run does with a batch of epoch `epoch`, from 1. */
  explainBatch(request: ExplainBatchOfRun, options: LookOptions): Promise<Result<BatchStory>>;
  /**
   * Frees what the looking engine keeps of the project's runs, after the look under way, to make room for other
   * projects.
   */
  close(): void;
}

export interface PastState extends PastMoment {
  checkpoint: RunCheckpoint;
}

export interface TimeMachineOptions {
  keeper: Keeper;
  largeBytes: LargeBytes;
  runs: LiveRuns;
  /** The engine that trains. */
  engine: EngineDoor;
  /** The engine that replays, one look at a time. */
  looking: EngineDoor;
  inTurn: InTurn;
}

/** Where the weights of a moment are. */
interface Reached {
  moment: PastMoment;
  source: WeightsSource;
  replayed: number;
}

export function createTimeMachine({
  keeper,
  largeBytes,
  runs,
  engine,
  looking,
  inTurn,
}: TimeMachineOptions): TimeMachine {
  const asked = new Set<string>();
  const findWhole = (runId: string, at: Moment) => findMoment(keeper.database(), runId, at, runs.summary);

  /** Inside an epoch: the run's place after the batches before that one. */
  function find(runId: string, at: Moment | BatchMoment): Result<PastMoment> {
    if (typeof at !== 'object') return findWhole(runId, at);
    const found = findWhole(runId, at.epoch - 1);
    return found.ok ? success({ ...found.value, batch: at.batch }) : found;
  }

  const replay = (moment: PastMoment, options: LookOptions): Promise<Result<number>> =>
    inTurn('look', () => {
      asked.add(moment.run.runId);
      const database = keeper.database();
      return replayTo(moment, { ...options, engine: looking, database, readBlob: largeBytes.read });
    });

  /**
   * Finds or replays a moment's weights. Weights in the file are passed to the engine; replayed ones stay in the
   * engine.
   */
  async function reach(
    runId: string,
    at: Moment | BatchMoment,
    options: LookOptions,
  ): Promise<Result<Reached>> {
    const found = find(runId, at);
    if (!found.ok) return found;
    const moment = found.value;
    const { run, epoch, batch } = moment;
    const stored = run.states.find((state) => state.epoch === epoch && state.batch === batch);
    const blob = stored?.weights ?? (epoch === 0 && batch === 0 ? run.firstWeights : null);
    if (blob !== null) {
      const bytes = await largeBytes.read(blob);
      if (bytes.length > 0) return success({ moment, source: { kind: 'file', bytes }, replayed: 0 });
      // Empty bytes: the checkpoint was thinned out meanwhile.
    }
    const replayed = await replay(moment, options);
    if (!replayed.ok) return replayed;
    const source = { kind: 'past', runId: run.runId, place: { epoch, batch } } as const;
    return success({ moment, source, replayed: epoch - replayed.value });
  }

  function rowOf({ run, epoch }: PastMoment): EpochRow | null {
    const rows = runs.epochs(run.runId, epoch - 1, 1);
    const row = rows.ok ? rows.value[0] : undefined;
    return row?.epoch === epoch ? row : null;
  }

  async function askNow(asked: AskedOfRun, options: LookOptions): Promise<Result<Answer>> {
    const { runId, question } = asked;
    if (runs.isInEngine(runId)) return engine.ask(withPatches({ kind: 'run', runId }, asked), question);
    const states = readCheckpoints(keeper.database(), runId);
    const last = states.at(-1);
    // Only a checkpoint in the middle of an epoch is asked directly; one after an epoch is a moment like others.
    if (!last || last.batch === 0) return askThen(asked, options);
    const bytes = await largeBytes.read(last.weights);
    return looking.ask(withPatches({ kind: 'file', bytes }, asked), question);
  }

  async function askThen(asked: AskedOfRun, options: LookOptions): Promise<Result<Answer>> {
    for (let again = true; ; again = false) {
      const reached = await reach(asked.runId, asked.at, options);
      if (!reached.ok) return reached;
      const answer = await looking.ask(withPatches(reached.value.source, asked), asked.question);
      // Other looks have displaced the state, or the engine was restarted: try once more.
      if (answer.ok || answer.problems[0]!.code !== 'past-not-kept' || !again) return answer;
    }
  }

  const state: TimeMachine['state'] = (runId, at, options) =>
    answered(async () => {
      const found = find(runId, at);
      if (!found.ok) return found;
      const moment = found.value;
      const { run, epoch, batch } = moment;
      const stored = run.states.find((state) => state.epoch === epoch && state.batch === batch);
      if (stored) {
        const [state, weights] = [await largeBytes.read(stored.state), await largeBytes.read(stored.weights)];
        if (state.length > 0 && weights.length > 0) {
          return success({ ...moment, checkpoint: { epoch, state, weights } });
        }
      }
      const replayed = await replay(moment, options);
      if (!replayed.ok) return replayed;
      const checkpoint = await looking.getPast({ runId: run.runId, place: { epoch, batch } });
      return checkpoint.ok ? success({ ...moment, checkpoint: checkpoint.value }) : checkpoint;
    });

  return {
    checkpoints(runId) {
      const stored = readRun(keeper.database(), runId);
      if (!stored) return failure(unknownRun(runId));
      const views = readCheckpoints(keeper.database(), runId).map(({ state, weights, ...view }) => view);
      return success(views);
    },
    changes(runId) {
      const stored = readRun(keeper.database(), runId);
      return stored ? success(readSettings(keeper.database(), runId)) : failure(unknownRun(runId));
    },
    look: (runId, at, options) =>
      answered(async () => {
        const reached = await reach(runId, at, options);
        if (!reached.ok) return reached;
        const { moment, replayed } = reached.value;
        return success({ runId: moment.run.runId, epoch: moment.epoch, row: rowOf(moment), replayed });
      }),
    ask: (asked, options) =>
      answered(() => (asked.at === 'now' ? askNow(asked, options) : askThen(asked, options))),
    askOver: (asked, options) => answered(() => askOverEpochs(asked, askThen, options)),
    state,
    async explainBatch({ runId, epoch, batch, keys }, options) {
      // The place of the batch itself: from one batch to the next, one is trained.
      const reached = await state(runId, { epoch, batch }, options);
      if (!reached.ok) return reached;
      const { run, checkpoint } = reached.value;
      return answered(() =>
        looking.explainBatch({
          experiment: documentAt(reached.value),
          checkpoint: checkpoint.state,
          changes: run.changes.filter((change) => change.epoch === epoch - 1 && change.batch > 0),
          ...{ batch, keys },
        }),
      );
    },
    close() {
      if (asked.size > 0) void inTurn('look', () => looking.closeReplay([...asked])).catch(onlyLost);
    },
  };
}

function withPatches(source: WeightsSource, { weights = [] }: AskedOfRun): WeightsSource {
  return weights.length === 0 ? source : { kind: 'patched', from: source, values: [...weights] };
}

import type { EpochRow, LiveSettings, RunCommand, ShapesReport } from '../../engine/api.ts';
import { type Problem, type Result, success } from '../../engine/errors.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import type { CellName } from '../../engine/model/spec.ts';
import type { BranchRequest, EditLabel, LabApi, RunSummary } from '../../main/api.ts';
import type { Curve, RunStanding } from '../../main/curves-api.ts';
import type { LabConnection } from '../lab.ts';
import type { ProjectState } from './project.svelte.ts';
import { showWithoutEffect } from './report.ts';
import { RunRows } from './run-rows.svelte.ts';
import { toasts } from './toasts.svelte.ts';

const noRows: Pick<LabApi, 'getEpochs'> = { getEpochs: async () => success([]) };

/** After this time a pause that is still under way is mentioned. */
const LONG_PAUSE_MS = 300;

/** The least time between two requests for a run's standing, its figures over all epochs. */
const standingEveryMs = 250;

/**
 * The run on screen: which run it is, its frozen experiment, its rows, and the transport. After each
 * `epochsArrived` the newest rows are fetched, one request at a time.
 */
export class RunState {
  readonly #api: LabApi;
  readonly #project: ProjectState;
  runId = $state.raw<string | null>(null);
  /** The run's own document, with live changes applied; null until it has come. */
  experiment = $state.raw<ExperimentDocument | null>(null);
  /** The rows of the run; an empty list where no run is on screen. */
  rows = $state.raw<RunRows>(new RunRows(noRows, ''));
  /** The run's figures over all its epochs; null before the first epoch, and until they have come. */
  standing = $state.raw<RunStanding | null>(null);
  /** The report of a shapes run, fetched by `askForShapes`; null until it has come. */
  shapes = $state.raw<ShapesReport | null>(null);
  /** Epochs per second for run; null: as fast as possible. */
  speed = $state<number | null>(null);
  /** A command was sent and its answer has not come. */
  busy = $state(false);
  /** The run trains because of a step command; further steps are added to it. */
  isStepping = $state(false);

  /** The run that was asked to pause LONG_PAUSE_MS ago or more. */
  #comingToRest = $state.raw<string | null>(null);
  summary: RunSummary | null = $derived(this.#find(this.runId, this.#runs()) ?? null);
  isPausing: boolean = $derived(
    this.#comingToRest === this.runId && this.summary?.state.status === 'running',
  );
  lastRow: EpochRow | null = $derived(this.rows.last);
  /** Called when a run was training while its engine died. */
  onInterrupted: (run: RunSummary, problem: Problem) => void = () => {};
  /** The run that is being made. Commands that arrive meanwhile wait for it and make no other run. */
  #making: Promise<Result<RunSummary>> | null = null;
  /** The newest epoch that the lab has announced; its row may not be here yet. */
  #heard = $state.raw<{ of: RunRows; epoch: number; loss: number } | null>(null);
  /** The newest epoch and its loss, for displays that follow a training run. */
  newest: { epoch: number; loss: number | null } = $derived.by(() => {
    const epoch = this.summary?.progress.epoch ?? 0;
    const heard = this.#heard?.of === this.rows ? this.#heard : null;
    return heard && heard.epoch > epoch ? heard : { epoch, loss: this.summary?.lastLoss ?? null };
  });
  #standingWanted = false;
  #standingTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(connection: LabConnection, project: ProjectState) {
    this.#api = connection.api;
    this.#project = project;
    project.onAnew = () => {
      void this.show(this.#find(this.runId, project.runs) ? this.runId : project.lastRunId());
    };
    connection.handlers.runChanged = (summary) => {
      if (summary.state.status !== 'running') this.#comingToRest = null;
      const before = this.#find(summary.id, project.runs);
      if (summary.state.status === 'interrupted' && before?.state.status === 'running') {
        this.onInterrupted(summary, summary.state.problem);
      }
      project.takeRun(summary);
      // An undo brought this run back, and no other run is on screen.
      if (!before && this.runId === null) void this.show(summary.id);
      // The run went back to an earlier epoch (after a crash, or on resuming): rows after that epoch are
      // dropped.
      if (summary.id === this.runId && before && summary.progress.epoch < before.progress.epoch)
        void this.reload();
      else if (summary.id === this.runId) void this.pull();
    };
    connection.handlers.runRemoved = ({ runId }) => {
      const parent = this.#find(runId, project.runs)?.parent?.runId ?? null;
      project.dropRun(runId);
      if (runId !== this.runId) return;
      // When a branch is undone, the run that it came from is shown.
      void this.show(this.#find(parent, project.runs) ? parent : project.lastRunId());
    };
    connection.handlers.epochsArrived = ({ runId, epoch, loss }) => {
      if (runId !== this.runId) return;
      this.#heard = { of: this.rows, epoch, loss };
      void this.pull(epoch);
      this.#askStanding();
    };
  }

  /** Puts a run on screen; null: none. */
  async show(runId: string | null): Promise<void> {
    this.runId = runId;
    this.isStepping = false;
    await this.reload();
  }

  async reload(): Promise<void> {
    const runId = this.runId;
    this.rows = runId === null ? new RunRows(noRows, '') : this.#rowsOf(runId);
    this.standing = null;
    this.experiment = null;
    this.shapes = null;
    if (runId === null) return;
    const view = await this.#api.getRun(runId);
    if (view.ok && this.runId === runId) {
      this.experiment = view.value.experiment;
      this.#project.takeRun(view.value.summary);
    }
    await this.pull();
  }

  /** Fetches the report of a shapes run. Training runs have none; for them nothing is fetched. */
  async askForShapes(): Promise<Result<void>> {
    const { summary } = this;
    if (summary?.kind !== 'shapes' || this.shapes) return success(undefined);
    const result = await this.#api.getShapes(summary.id);
    if (!result.ok) return result;
    if (this.runId === summary.id) this.shapes = result.value;
    return success(undefined);
  }

  /** Curves of any run of the project, reduced to few points; an empty list where the run is gone. */
  async curves(request: Parameters<LabApi['getCurves']>[0]): Promise<Curve[]> {
    const result = await this.#api.getCurves(request);
    return result.ok ? result.value : [];
  }

  /** Asks a question to the weights of any run of the project at any moment. */
  askRun: LabApi['askRun'] = (request) => this.#api.askRun(request);

  /** Fetches the newest rows and the run's standing. `until` is the newest epoch known. */
  async pull(until = 0): Promise<void> {
    const { rows } = this;
    if (this.runId === null) return;
    await rows.pull(Math.max(until, this.summary?.progress.epoch ?? 0));
    if (this.rows === rows) this.#askStanding();
  }

  #rowsOf(runId: string): RunRows {
    const parent = this.#find(runId, this.#project.runs)?.parent;
    return new RunRows(this.#api, runId, (parent?.epoch ?? 0) + 1);
  }

  /** Fetches the standing at once, and then at most once per standingEveryMs. */
  #askStanding(): void {
    this.#standingWanted = true;
    if (this.#standingTimer !== null) return;
    this.#standingTimer = setTimeout(() => {
      this.#standingTimer = null;
      if (this.#standingWanted) this.#askStanding();
    }, standingEveryMs);
    void this.#fetchStanding();
  }

  async #fetchStanding(): Promise<void> {
    this.#standingWanted = false;
    const { rows, runId } = this;
    if (runId === null) return;
    const result = await this.#api.getStanding(runId);
    if (result.ok && this.rows === rows) this.standing = result.value;
  }

  /** Freezes the draft as a new run and shows it. Problems of the draft are returned. */
  async create(): Promise<Result<RunSummary>> {
    await this.#project.settled();
    const result = await this.#api.newRun();
    if (result.ok) {
      toasts.leave('draft');
      this.#project.takeRun(result.value);
      await this.show(result.value.id);
      showWithoutEffect(result.warnings);
    }
    return result;
  }

  /**
   * Starts or continues training. A new run is made first where there is none, where the old one has ended,
   * or where `fresh` asks for it.
   */
  async run(fresh = false): Promise<Result<RunSummary>> {
    return this.#onRun({ kind: 'run', epochsPerSecond: this.speed }, fresh);
  }

  /**
   * Asks the run to pause. It first finishes its batch and saves its checkpoint, which may take a while for
   * a large batch.
   */
  async pause(): Promise<Result<RunSummary>> {
    const { runId } = this;
    const result = await this.#command({ kind: 'pause' });
    setTimeout(() => {
      if (result.ok) this.#comingToRest = runId;
    }, LONG_PAUSE_MS);
    return result;
  }

  async stepEpoch(fresh = false): Promise<Result<RunSummary>> {
    return this.#onRun({ kind: 'step-epoch' }, fresh);
  }

  async stepBatch(fresh = false): Promise<Result<RunSummary>> {
    return this.#onRun({ kind: 'step-batch' }, fresh);
  }

  async change(settings: LiveSettings): Promise<Result<RunSummary>> {
    const result = await this.#command({ kind: 'change', settings });
    if (result.ok && this.runId !== null) {
      const view = await this.#api.getRun(this.runId);
      if (view.ok) this.experiment = view.value.experiment;
    }
    return result;
  }

  /** Makes a new run from an epoch of the run on screen and shows it, paused at that epoch. */
  async branch(request: Omit<BranchRequest, 'runId'>): Promise<Result<RunSummary>> {
    await this.#project.settled();
    const result = await this.#api.branchRun({ ...request, runId: this.runId! });
    if (result.ok) {
      this.#project.takeRun(result.value);
      await this.show(result.value.id);
    }
    return result;
  }

  /** Trains the run on screen again with other cells, in the background: one step to undo. */
  async createKin(cells: CellName[], label: EditLabel): Promise<Result<RunSummary[]>> {
    await this.#project.settled();
    const result = await this.#api.createKin({ runId: this.runId!, cells, label });
    if (result.ok) for (const run of result.value) this.#project.takeRun(run);
    return result;
  }

  /** Goes back to epoch 0: makes a new run from the current draft; the old run is stopped and kept. */
  reset(): Promise<Result<RunSummary>> {
    return this.#createAnother();
  }

  /** Sets the speed of the running run, or of the next one. */
  async setSpeed(epochsPerSecond: number | null): Promise<void> {
    this.speed = epochsPerSecond;
    if (this.summary?.state.status === 'running') await this.run();
  }

  async #onRun(command: RunCommand, fresh: boolean): Promise<Result<RunSummary>> {
    if (this.#making || this.summary === null || fresh || startsAnew(this.summary)) {
      const created = await this.#createAnother();
      // A shapes run is finished as soon as it is made.
      if (!created.ok || created.value.kind === 'shapes') return created;
    }
    return this.#command(command);
  }

  /** When steps are pressed faster than a run is made, all of them are steps of that one run. */
  #createAnother(): Promise<Result<RunSummary>> {
    this.#making ??= this.#stopAndCreate().finally(() => {
      this.#making = null;
    });
    return this.#making;
  }

  async #stopAndCreate(): Promise<Result<RunSummary>> {
    const stopped = await this.#stopIfOpen();
    return stopped && !stopped.ok ? stopped : this.create();
  }

  async #stopIfOpen(): Promise<Result<RunSummary> | null> {
    const status = this.summary?.state.status;
    return status === 'running' || status === 'paused' || status === 'queued'
      ? this.#command({ kind: 'stop' })
      : null;
  }

  async #command(command: RunCommand): Promise<Result<RunSummary>> {
    this.busy = true;
    try {
      this.#comingToRest = null;
      if (command.kind !== 'change') this.isStepping = command.kind.startsWith('step-');
      const result = await this.#api.controlRun({ runId: this.runId!, command });
      if (result.ok) this.#project.takeRun(result.value);
      return result;
    } finally {
      this.busy = false;
    }
  }

  #runs(): RunSummary[] {
    return this.#project.runs;
  }

  #find(id: string | null, runs: RunSummary[]): RunSummary | undefined {
    return runs.find((run) => run.id === id);
  }
}

/** Whether Run makes a new run instead of continuing this one, because this one has nothing left to train. */
export function startsAnew(run: RunSummary): boolean {
  switch (run.state.status) {
    case 'queued':
    case 'running':
    case 'paused':
    case 'interrupted':
      return false;
    case 'stopped':
    case 'diverged':
      return true;
    case 'finished':
      // The number of epochs may have been raised since.
      return run.state.reason !== 'epochs' || run.progress.epoch >= run.epochs;
  }
}

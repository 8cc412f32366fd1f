import type { EpochRow, LiveSettings, RunCommand, ShapesReport } from '../../engine/api.ts';
import { type Problem, type Result, success } from '../../engine/errors.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import type { BranchRequest, LabApi, RunStanding, RunSummary } from '../../main/api.ts';
import type { Curve } from '../../main/curves-api.ts';
import type { LabConnection } from '../lab.ts';
import type { ProjectState } from './project.svelte.ts';
import { showWithoutEffect } from './report.ts';
import { RunRows } from './run-rows.svelte.ts';
import { toasts } from './toasts.svelte.ts';

const noRows: Pick<LabApi, 'getEpochs'> = { getEpochs: async () => success([]) };

/** A pause that takes longer is said. */
const LONG_PAUSE_MS = 300;

/** What is true of all of its epochs is asked for so often while a run trains. */
const standingEveryMs = 250;

/**
 * The run on screen: which one, its frozen experiment, its rows, and the transport. The newest rows are pulled after each
 * `epochsArrived`, one request at a time.
 */
export class RunState {
  readonly #api: LabApi;
  readonly #project: ProjectState;
  runId = $state.raw<string | null>(null);
  /** The run's own document, with live changes applied; null until it has come. */
  experiment = $state.raw<ExperimentDocument | null>(null);
  /** Its rows; of none, where no run is on screen. */
  rows = $state.raw<RunRows>(new RunRows(noRows, ''));
  /** What is true of all of its epochs; null before the first, and until it has come. */
  standing = $state.raw<RunStanding | null>(null);
  /** What a shapes run has shown, for whoever has asked for it; null until it has come. */
  shapes = $state.raw<ShapesReport | null>(null);
  /** Epochs a second for run; null: as fast as it goes. */
  speed = $state<number | null>(null);
  /** A command was sent and its answer has not come. */
  busy = $state(false);
  /** What trains here was asked for by steps: further ones join it. */
  isStepping = $state(false);

  /** The run that was asked to pause a while ago. */
  #comingToRest = $state.raw<string | null>(null);
  summary: RunSummary | null = $derived(this.#find(this.runId, this.#runs()) ?? null);
  isPausing: boolean = $derived(
    this.#comingToRest === this.runId && this.summary?.state.status === 'running',
  );
  lastRow: EpochRow | null = $derived(this.rows.last);
  /** A run was training when its engine died. */
  onInterrupted: (run: RunSummary, problem: Problem) => void = () => {};
  /** A run is being made: what is asked for meanwhile is asked of it, and makes no other. */
  #making: Promise<Result<RunSummary>> | null = null;
  /** The newest epoch that the lab has told of, ahead of its row. */
  #heard = $state.raw<{ of: RunRows; epoch: number; loss: number } | null>(null);
  /** The newest epoch and its loss, for what says them while a run trains. */
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
      // An undo has brought it back, and nothing else is on screen.
      if (!before && this.runId === null) void this.show(summary.id);
      // Back to an earlier epoch (a crash, a resume): rows that no longer count are dropped.
      if (summary.id === this.runId && before && summary.progress.epoch < before.progress.epoch)
        void this.reload();
      else if (summary.id === this.runId) void this.pull();
    };
    connection.handlers.runRemoved = ({ runId }) => {
      const parent = this.#find(runId, project.runs)?.parent?.runId ?? null;
      project.dropRun(runId);
      if (runId !== this.runId) return;
      // A branch that is undone leaves the run that it came from.
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

  /** Fetches what a shapes run has shown; of a run that trains there is nothing to fetch. */
  async askForShapes(): Promise<Result<void>> {
    const { summary } = this;
    if (summary?.kind !== 'shapes' || this.shapes) return success(undefined);
    const result = await this.#api.getShapes(summary.id);
    if (!result.ok) return result;
    if (this.runId === summary.id) this.shapes = result.value;
    return success(undefined);
  }

  /** Curves of any run of the project, in few points; empty where it is gone. */
  async curves(request: Parameters<LabApi['getCurves']>[0]): Promise<Curve[]> {
    const result = await this.#api.getCurves(request);
    return result.ok ? result.value : [];
  }

  /** Asks the weights of any moment of any run of the project. */
  askRun: LabApi['askRun'] = (request) => this.#api.askRun(request);

  /** Fetches the newest rows, and what is true of all of them; `until` is the newest epoch that is known of. */
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

  /** At once, and then no more often than may be. */
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

  /** Freezes the draft as a new run and shows it; problems of the draft come back. */
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

  /** Starts or goes on. A new run is made first where there is none, the old one has ended, or `fresh` asks for it. */
  async run(fresh = false): Promise<Result<RunSummary>> {
    return this.#onRun({ kind: 'run', epochsPerSecond: this.speed }, fresh);
  }

  /** A large batch is finished, and its checkpoint saved, before the run rests: that may take a while. */
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

  /** A new run from an epoch of the one on screen, which is then on screen, paused there. */
  async branch(request: Omit<BranchRequest, 'runId'>): Promise<Result<RunSummary>> {
    await this.#project.settled();
    const result = await this.#api.branchRun({ ...request, runId: this.runId! });
    if (result.ok) {
      this.#project.takeRun(result.value);
      await this.show(result.value.id);
    }
    return result;
  }

  /** Back to epoch 0: a new run from the draft as it is now; the old one is stopped and kept. */
  reset(): Promise<Result<RunSummary>> {
    return this.#createAnother();
  }

  /** Speed of a running run, or of the next. */
  async setSpeed(epochsPerSecond: number | null): Promise<void> {
    this.speed = epochsPerSecond;
    if (this.summary?.state.status === 'running') await this.run();
  }

  async #onRun(command: RunCommand, fresh: boolean): Promise<Result<RunSummary>> {
    if (this.#making || this.summary === null || fresh || startsAnew(this.summary)) {
      const created = await this.#createAnother();
      // A shapes run has shown everything as soon as it is made.
      if (!created.ok || created.value.kind === 'shapes') return created;
    }
    return this.#command(command);
  }

  /** Steps pressed faster than a run is made are steps of that one run. */
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

/** Whether Run makes a new run instead of going on with this one: nothing is left of it to train. */
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
      // Epochs may have been added since.
      return run.state.reason !== 'epochs' || run.progress.epoch >= run.epochs;
  }
}

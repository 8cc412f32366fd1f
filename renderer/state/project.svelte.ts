import { untrack } from 'svelte';
import type { Draft, DraftEdit } from '../../engine/data/draft.ts';
import { applyEdit } from '../../engine/data/draft-edits.ts';
import { draftToExperiment } from '../../engine/data/draft-experiment.ts';
import type { DraftVocabulary } from '../../engine/data/draft-problems.ts';
import { failure, LabError, type Problem, problem, type Result } from '../../engine/errors.ts';
import type { ExperimentDocument } from '../../engine/model/experiment.ts';
import { type DataSizes, directions } from '../../engine/model/spec.ts';
import type {
  CopySaved,
  EditLabel,
  EditOutcome,
  FileSource,
  HistoryView,
  LabApi,
  ProjectAccess,
  ProjectSource,
  ProjectStatus,
  ProjectView,
  RunChange,
  RunningAtClose,
  RunSummary,
} from '../../main/api.ts';
import { ConnectionLost, type LabConnection } from '../lab.ts';
import { messageOf } from './report.ts';
import { noFindings, RowChecks, type RowFindings } from './row-checks.ts';
import { RowCounter, type RowTotals } from './row-totals.ts';
import { differingParts, type ProjectPart, runDiffers } from './run-differs.ts';
import { toasts } from './toasts.svelte.ts';
import { vocabularyOfRows } from './vocabulary-of-rows.ts';

/**
 * The open project as this window knows it. Main has the truth. An edit is shown at once, sent, and counts when it
 * comes back as the next revision; refused edits and gaps (another window was faster) pull the project anew, and
 * edits that are still on their way are put on top of it.
 */
export class ProjectState {
  readonly #api: LabApi;
  /** null: the start screen. */
  path = $state.raw<string | null>(null);
  draft = $state.raw<Draft | null>(null);
  history = $state.raw<HistoryView | null>(null);
  /** Whether what is said to be saved is on the disk. */
  access = $state.raw<ProjectAccess>({ kind: 'write' });
  runs = $state.raw<RunSummary[]>([]);
  warnings = $state.raw<Problem[]>([]);
  /** Edits sent and not yet answered; the status bar says "Saving" meanwhile. */
  saving = $state(0);
  /** Everything was read again; the runs may be different ones. */
  onAnew: () => void = () => {};
  #queue: Promise<unknown> = Promise.resolve();
  #calling = false;
  /** Edits that are shown and not yet answered, in order. */
  #ahead: DraftEdit[] = [];
  #checks = new RowChecks();
  #counter = new RowCounter();

  #rows = $derived(this.draft?.rows ?? []);
  #data = $derived(this.draft?.data ?? null);
  #checked = $derived.by(() => {
    if (!this.#data || !this.draft) return null;
    const found = this.#checks.find({ ...this.draft, rows: this.#rows });
    return { found, inUse: this.#checks.inUse };
  });
  /** What is wrong in the rows; these rows stay out of a run. The same object as long as no problem comes or goes. */
  findings: RowFindings = $derived(this.#checked?.found ?? noFindings);
  problems = $derived(this.findings.problems);
  /** How many problems are listed: an unknown token counts once a row. */
  problemCount = $derived(this.findings.count);
  /** Sums over the rows: splits, tokens, the longest. */
  totals: RowTotals | null = $derived(this.#data && this.#counter.totals(this.#rows, this.#data));
  /** Rows that a run would read: switched on and without a problem. */
  rowsInUse = $derived(this.#checked?.inUse ?? 0);
  /** The vocabulary that a run would have. */
  vocabulary: DraftVocabulary = $derived(
    this.#data && this.totals
      ? vocabularyOfRows(this.#data, this.totals)
      : { vocabulary: [], targetVocabulary: [] },
  );
  /** I and V as the data gives them to the model. */
  sizes: DataSizes = $derived.by(() => {
    if (this.draft && this.#data?.task === 'shapes') {
      const { model } = this.draft;
      return {
        inputSize: this.#data.shapes?.inputSize ?? 4,
        outputSize: model.hiddenSize * directions(model),
      };
    }
    const { vocabulary, targetVocabulary } = this.vocabulary;
    return { inputSize: vocabulary.length, outputSize: targetVocabulary.length };
  });

  constructor(connection: LabConnection) {
    this.#api = connection.api;
    connection.handlers.projectChanged = (status) => {
      if (!this.draft) return;
      const before = this.access.kind;
      this.#takeStatus(status);
      // It has another file behind it now, which may hold other things.
      if (status.access.kind !== before) void this.#pull().then(() => this.onAnew());
    };
    connection.handlers.draftChanged = (outcome) => {
      // While a call of ours is on its way its answer settles what came between.
      if (!this.#calling) void this.#take(outcome);
    };
  }

  /** Called for each run that main says has changed, and by RunState. */
  takeRun(summary: RunSummary): void {
    const known = this.runs.some((run) => run.id === summary.id);
    this.runs = known
      ? this.runs.map((run) => (run.id === summary.id ? summary : run))
      : [...this.runs, summary].sort((a, b) => a.number - b.number);
  }

  async create(source: ProjectSource, path: string | null = null): Promise<Result<ProjectView>> {
    return this.#opened(await this.#api.createProject({ source, path }));
  }

  async open(path: string): Promise<Result<ProjectView>> {
    return this.#opened(await this.#api.openProject({ path }));
  }

  /** Running runs that closing would interrupt; to be asked about first. */
  async runningAtClose(): Promise<RunSummary[]> {
    return this.draft ? (await this.#api.describeClosing()).running : [];
  }

  async close(running?: RunningAtClose): Promise<void> {
    await this.#queue;
    // An argument that is not there would arrive as null.
    await (running ? this.#api.closeProject(running) : this.#api.closeProject());
    this.#leave();
  }

  /** The whole project in another file; one that is adrift is that file from then on. */
  saveCopy(path: string, overwrite: boolean): Promise<Result<CopySaved>> {
    return this.#api.saveCopy({ path, overwrite });
  }

  /** Opens it for writing though another process may have it. */
  async takeOver(): Promise<Result<ProjectView>> {
    await this.#queue;
    return this.#opened(await this.#api.takeOverProject());
  }

  /** A copy beside it, shown here in its place. */
  async duplicate(): Promise<Result<ProjectView>> {
    await this.#queue;
    return this.#opened(await this.#api.duplicateProject());
  }

  /** Renames, annotates or deletes a run: one step of undo. */
  changeRun(runId: string, change: RunChange, label: EditLabel): Promise<Result<EditOutcome>> {
    return this.#send(() => this.#api.changeRun({ runId, change, label }));
  }

  /** Called when main says that a run is gone, and by RunState. */
  dropRun(runId: string): void {
    this.runs = this.runs.filter((run) => run.id !== runId);
  }

  /** After a reload or a lost connection: what main has open, or the same file opened again. */
  async reconnect(): Promise<Result<ProjectView> | null> {
    const view = await this.#api.getProject();
    if (view) {
      this.#show(view);
      return null;
    }
    if (this.path === null) return null;
    const result = await this.open(this.path);
    if (!result.ok) this.#leave();
    return result;
  }

  /** One step of undo. Shown when this returns, on disk when it resolves; edits are sent one after another. */
  edit(edit: DraftEdit, label: EditLabel): Promise<Result<EditOutcome>> {
    if (!this.draft) throw new Error('an edit without an open project');
    try {
      this.draft = applyEdit(this.draft, edit).draft;
    } catch (error) {
      if (error instanceof LabError) return Promise.resolve(failure(error.problem));
      throw error;
    }
    this.#ahead.push(edit);
    return this.#send(() => this.#api.edit({ edit, label }), true);
  }

  undo(): Promise<Result<EditOutcome>> {
    return this.#send(() => this.#api.undo());
  }

  redo(): Promise<Result<EditOutcome>> {
    return this.#send(() => this.#api.redo());
  }

  /** A weights file becomes the draft's initial weights: one step of undo. */
  importWeights(source: FileSource): Promise<Result<EditOutcome>> {
    return this.#send(() => this.#api.importWeights(source));
  }

  /** The run that was made last; null: none. */
  lastRunId(): string | null {
    return untrack(() => this.runs.at(-1)?.id ?? null);
  }

  /** Resolves when all edits so far are on disk. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  /** Whether a run of the draft as it is would be another than this one; false where the draft cannot be run. */
  differsFrom(experiment: ExperimentDocument | null): boolean {
    if (!this.draft || !experiment) return false;
    const document = draftToExperiment(this.draft);
    return document.ok && runDiffers(document.value, experiment);
  }

  /** In which parts; none where the draft cannot be run. */
  partsUnlike(experiment: ExperimentDocument | null): ProjectPart[] {
    if (!this.draft || !experiment) return [];
    const document = draftToExperiment(this.draft);
    return document.ok ? differingParts(document.value, experiment) : [];
  }

  #send(call: () => Promise<Result<EditOutcome>>, shown = false): Promise<Result<EditOutcome>> {
    this.saving += 1;
    const sent = this.#queue.then(async () => {
      this.#calling = true;
      try {
        const result = await call();
        if (shown) await this.#settle(result);
        else if (result.ok) await this.#take(result.value);
        if (result.ok && result.warnings.length > 0) this.warnings = result.warnings;
        return result;
      } catch (error) {
        if (shown) {
          this.#ahead.shift();
          // What main did not take must not stay on the screen as if it were saved; a new connection pulls by itself.
          if (!(error instanceof ConnectionLost)) await this.#pull().catch(() => {});
        }
        return failure(notAnswered(error));
      } finally {
        this.#calling = false;
        this.saving -= 1;
      }
    });
    this.#queue = sent;
    return sent;
  }

  /** The answer to an edit that is shown already. */
  async #settle(result: Result<EditOutcome>): Promise<void> {
    this.#ahead.shift();
    if (!this.history) return;
    if (result.ok && result.value.history.revision === this.history.revision + 1) {
      this.history = result.value.history;
    } else await this.#pull();
  }

  /** A change that is not shown yet: undo, redo, another window's. */
  async #take(outcome: EditOutcome): Promise<void> {
    if (!this.draft || !this.history) return;
    const behind = outcome.history.revision - this.history.revision;
    if (behind <= 0) return;
    toasts.leave('draft');
    if (behind === 1 && this.#ahead.length === 0) {
      this.draft = applyEdit(this.draft, outcome.edit).draft;
      this.history = outcome.history;
    } else await this.#pull();
  }

  async #pull(): Promise<void> {
    const view = await this.#api.getProject();
    if (view) this.#show(view);
  }

  #opened(result: Result<ProjectView>): Result<ProjectView> {
    if (result.ok) {
      // What was said of another project is not true of this one.
      toasts.leave('draft', 'project');
      this.#show(result.value);
      this.warnings = [...result.warnings, ...result.value.warnings];
    }
    return result;
  }

  #show(view: ProjectView): void {
    this.#takeStatus(view);
    this.draft = this.#withAhead(view.draft);
    this.history = view.history;
    this.runs = view.runs;
  }

  #takeStatus(status: ProjectStatus): void {
    this.path = status.path;
    this.access = status.access;
  }

  #withAhead(draft: Draft): Draft {
    return this.#ahead.reduce((current, edit) => {
      try {
        return applyEdit(current, edit).draft;
      } catch {
        // It no longer fits; main will refuse it and its sender will hear why.
        return current;
      }
    }, draft);
  }

  #leave(): void {
    toasts.leave('draft', 'project');
    this.#ahead = [];
    this.path = null;
    this.access = { kind: 'write' };
    this.draft = null;
    this.history = null;
    this.runs = [];
    this.warnings = [];
  }
}

/** The connection was lost, or it was a defect of main's, which has something else to say. */
function notAnswered(error: unknown): Problem {
  const message = messageOf(error);
  return error instanceof ConnectionLost
    ? problem('connection-lost', '', message)
    : problem('defect', '', message, { message });
}

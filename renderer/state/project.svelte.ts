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
 * The open project as this window knows it; main has the truth. An edit is shown at once, sent, and
 * confirmed when it comes back as the next revision. After a refused edit or a gap in the revisions
 * (another window was faster), the project is fetched again and the edits still on their way are applied on
 * top of it.
 */
export class ProjectState {
  readonly #api: LabApi;
  /** null: the start screen is shown. */
  path = $state.raw<string | null>(null);
  draft = $state.raw<Draft | null>(null);
  history = $state.raw<HistoryView | null>(null);
  /** Whether the project can be written, and if not, why. */
  access = $state.raw<ProjectAccess>({ kind: 'write' });
  runs = $state.raw<RunSummary[]>([]);
  warnings = $state.raw<Problem[]>([]);
  /** Edits that are sent and not yet answered; the status bar says "Saving" meanwhile. */
  saving = $state(0);
  /** Called when the project has been read again and its runs may be different ones. */
  onAnew: () => void = () => {};
  #queue: Promise<unknown> = Promise.resolve();
  #calling = false;
  /** Edits that are shown and not yet answered, in order. */
  #ahead: DraftEdit[] = [];
  /** The draft without those; null: there are none. Rows that none of them changes are the very same in both. */
  #behind: Draft | null = null;
  #checks = new RowChecks();
  #counter = new RowCounter();

  #rows = $derived(this.draft?.rows ?? []);
  #data = $derived(this.draft?.data ?? null);
  #checked = $derived.by(() => {
    if (!this.#data || !this.draft) return null;
    const found = this.#checks.find({ ...this.draft, rows: this.#rows });
    return { found, inUse: this.#checks.inUse };
  });
  /**
   * The problems of the rows; a row with a problem stays out of a run. The same object until a problem
   * comes or goes.
   */
  findings: RowFindings = $derived(this.#checked?.found ?? noFindings);
  problems = $derived(this.findings.problems);
  /** How many problems are listed: an unknown token counts once per row. */
  problemCount = $derived(this.findings.count);
  /** Sums over the rows: splits, tokens, the longest row. */
  totals: RowTotals | null = $derived(this.#data && this.#counter.totals(this.#rows, this.#data));
  /** Rows that a run would read: switched on and without a problem. */
  rowsInUse = $derived(this.#checked?.inUse ?? 0);
  /** The vocabulary that a run would have. */
  vocabulary: DraftVocabulary = $derived(
    this.#data && this.totals
      ? vocabularyOfRows(this.#data, this.totals)
      : { vocabulary: [], targetVocabulary: [] },
  );
  /** The model's I (inputSize) and V (outputSize), as the data determine them. */
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
      // Another file is behind the project now, and its contents may differ.
      if (status.access.kind !== before) void this.#pull().then(() => this.onAnew());
    };
    connection.handlers.draftChanged = (outcome) => {
      // While a call of this window is on its way, its answer settles what came in between.
      if (!this.#calling) void this.#take(outcome);
    };
  }

  /** Takes a run's newest summary; called for each run that main reports as changed, and by RunState. */
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

  /** The running runs that closing would interrupt; the user is asked about them first. */
  async runningAtClose(): Promise<RunSummary[]> {
    return this.draft ? (await this.#api.describeClosing()).running : [];
  }

  async close(running?: RunningAtClose): Promise<void> {
    await this.#queue;
    // An undefined argument would arrive as null.
    await (running ? this.#api.closeProject(running) : this.#api.closeProject());
    this.#leave();
  }

  /** Writes the whole project to another file. A project whose own file is lost continues in that file. */
  saveCopy(path: string, overwrite: boolean): Promise<Result<CopySaved>> {
    return this.#api.saveCopy({ path, overwrite });
  }

  /** Opens the project for writing although another process may have it open. */
  async takeOver(): Promise<Result<ProjectView>> {
    await this.#queue;
    return this.#opened(await this.#api.takeOverProject());
  }

  /** Makes a copy beside the project's file and opens it here instead. */
  async duplicate(): Promise<Result<ProjectView>> {
    await this.#queue;
    return this.#opened(await this.#api.duplicateProject());
  }

  /** Renames, annotates or deletes a run: one step of undo. */
  changeRun(runId: string, change: RunChange, label: EditLabel): Promise<Result<EditOutcome>> {
    return this.#send(() => this.#api.changeRun({ runId, change, label }));
  }

  /** Forgets a run; called when main reports that it is gone. */
  dropRun(runId: string): void {
    this.runs = this.runs.filter((run) => run.id !== runId);
  }

  /**
   * Brings the project back after a reload or a lost connection: shows what main has open, or opens the
   * same file again. Resolves to null unless the file had to be opened.
   */
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

  /**
   * Applies an edit: one step of undo. It is shown when this returns and on disk when the promise resolves.
   * Edits are sent one after another.
   */
  edit(edit: DraftEdit, label: EditLabel): Promise<Result<EditOutcome>> {
    if (!this.draft) throw new Error('an edit without an open project');
    const before = this.draft;
    try {
      this.draft = applyEdit(before, edit).draft;
    } catch (error) {
      if (error instanceof LabError) return Promise.resolve(failure(error.problem));
      throw error;
    }
    this.#behind ??= before;
    this.#ahead.push(edit);
    return this.#send(() => this.#api.edit({ edit, label }), true);
  }

  undo(): Promise<Result<EditOutcome>> {
    return this.#send(() => this.#api.undo());
  }

  redo(): Promise<Result<EditOutcome>> {
    return this.#send(() => this.#api.redo());
  }

  /** Makes a weights file the draft's initial weights: one step of undo. */
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

  /** Whether a run of the current draft would differ from this one; false where the draft cannot be run. */
  differsFrom(experiment: ExperimentDocument | null): boolean {
    if (!this.draft || !experiment) return false;
    const document = draftToExperiment(this.draft);
    return document.ok && runDiffers(document.value, experiment);
  }

  /** The parts in which the draft differs from a run; none where the draft cannot be run. */
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
          // A failed edit must not stay on screen as if it were saved. After a lost connection,
          // reconnecting fetches the project anyway.
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

  /** Takes the answer to an edit that is already shown. */
  async #settle(result: Result<EditOutcome>): Promise<void> {
    const edit = this.#ahead.shift();
    if (!this.history) return;
    if (result.ok && result.value.history.revision === this.history.revision + 1) {
      this.history = result.value.history;
      const { length } = this.#ahead;
      this.#behind = length > 0 && this.#behind && edit ? applyEdit(this.#behind, edit).draft : null;
    } else await this.#pull();
  }

  /** Takes a change that is not shown yet: an undo, a redo, or an edit of another window. */
  async #take(outcome: EditOutcome): Promise<void> {
    if (!this.draft || !this.history) return;
    const behind = outcome.history.revision - this.history.revision;
    if (behind <= 0) return;
    toasts.leave('draft');
    if (behind === 1) {
      const taken = applyEdit(this.#behind ?? this.draft, outcome.edit).draft;
      this.#lay(taken);
      this.history = outcome.history;
    } else await this.#pull();
  }

  async #pull(): Promise<void> {
    const view = await this.#api.getProject();
    if (view) this.#show(view);
  }

  #opened(result: Result<ProjectView>): Result<ProjectView> {
    if (result.ok) {
      // Notices about the previous project do not apply to this one.
      toasts.leave('draft', 'project');
      this.#show(result.value);
      this.warnings = [...result.warnings, ...result.value.warnings];
    }
    return result;
  }

  #show(view: ProjectView): void {
    this.#takeStatus(view);
    this.#lay(view.draft);
    this.history = view.history;
    this.runs = view.runs;
  }

  #takeStatus(status: ProjectStatus): void {
    this.path = status.path;
    this.access = status.access;
  }

  /** Shows the draft as it is stored, with the edits that are still on their way. */
  #lay(stored: Draft): void {
    this.#behind = this.#ahead.length > 0 ? stored : null;
    this.draft = this.#withAhead(stored);
  }

  #withAhead(draft: Draft): Draft {
    return this.#ahead.reduce((current, edit) => {
      try {
        return applyEdit(current, edit).draft;
      } catch {
        // The edit no longer fits; main will refuse it, and its sender will be told why.
        return current;
      }
    }, draft);
  }

  #leave(): void {
    toasts.leave('draft', 'project');
    this.#ahead = [];
    this.#behind = null;
    this.path = null;
    this.access = { kind: 'write' };
    this.draft = null;
    this.history = null;
    this.runs = [];
    this.warnings = [];
  }
}

/** The problem of a call that got no answer: the connection was lost, or main has a defect. */
function notAnswered(error: unknown): Problem {
  const message = messageOf(error);
  return error instanceof ConnectionLost
    ? problem('connection-lost', '', message)
    : problem('defect', '', message, { message });
}

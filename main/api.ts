/**
 * The contract between a window and the lab; types only. `main/lab/` implements it, `renderer/lab.ts` calls it.
 *
 * Each connection (a window) holds at most one open project. All values are plain JSON, except arrays of bytes and
 * numbers where a type says so (main/window-message.ts carries both). Errors that a user can cause come back as a
 * Result; a rejected promise is a defect or a lost connection. Events are hints: a window that misses one pulls the
 * truth (`getProject`, `getEpochs`).
 */

import type {
  BatchStory,
  EngineDescription,
  EpochRow,
  LiveSettings,
  RunCommand,
  RunMemory,
  RunPlace,
  RunProgress,
  RunState,
  SettingsChange,
  ShapesReport,
  WeightPatch,
} from '../engine/api.ts';
import type { Draft, DraftEdit } from '../engine/data/draft.ts';
import type { Problem, Result } from '../engine/errors.ts';
import type { ExportFormat } from '../engine/formats/exports.ts';
import type { ImportChoices } from '../engine/formats/importing/choices.ts';
import type { ImportPreview } from '../engine/formats/importing/preview.ts';
import type { Language } from '../engine/formats/languages.ts';
import type { ExperimentDocument, OptimizerSpec } from '../engine/model/experiment.ts';
import type { CellName } from '../engine/model/spec.ts';
import type { Answer, Question, QuestionKind } from '../engine/questions.ts';
import type { Curve, CurveMetric, RunStanding } from './curves-api.ts';
import type { AnswersOver, AskRunOver, BatchMoment, ExplainBatchOfRun } from './inspect-api.ts';

export interface LabApi {
  describe(): Promise<LabDescription>;
  /** Ends a lab that does not answer, so that a new one replaces it. Has no effect on a lab that answers. */
  endLab(): Promise<void>;
  getPreferences(): Promise<Preferences>;
  setPreferences(patch: Partial<Preferences>): Promise<Preferences>;

  listTemplates(): Promise<TemplateSummary[]>;
  /** Recent projects, newest first. Projects whose files are gone are left out. */
  listRecent(): Promise<RecentProject[]>;
  /** Lists a folder for the in-window chooser. path null: the folder where projects go. */
  listFolder(path: string | null): Promise<Result<FolderListing>>;
  /** Shows the system's own dialog; available only if describe().dialogs is 'system'. null: the user cancelled. */
  showFileDialog(request: FileDialogRequest): Promise<string | null>;

  /** Makes a project file and opens it. path null: a free name in the folder where projects go. */
  createProject(request: { source: ProjectSource; path: string | null }): Promise<Result<ProjectView>>;
  openProject(request: { path: string }): Promise<Result<ProjectView>>;
  /** Reads the open project again; null if none is open. */
  getProject(): Promise<ProjectView | null>;
  /** What closing this window's project would interrupt, to be asked about once before closeProject. */
  describeClosing(): Promise<ClosingView>;
  /** Closes this window's project. Its running runs do what `running` says, unless another window shows them. */
  closeProject(running?: RunningAtClose): Promise<void>;
  /**
   * Writes the whole project, runs included, to another file: write, fsync, rename. A project that is adrift continues
   * in that file.
   */
  saveCopy(request: { path: string; overwrite: boolean }): Promise<Result<CopySaved>>;
  /**
   * Opens the shown project for writing when another process may still have it open and we cannot tell whether it is
   * alive (`project-locked-unsure`). If the other process is alive, it finds the file taken and writes no more.
   */
  takeOverProject(): Promise<Result<ProjectView>>;
  /** Copies the project to a free name beside it and shows the copy in this window instead. */
  duplicateProject(): Promise<Result<ProjectView>>;

  /** Applies an edit as one undoable step. label names the change that undo will take back. */
  edit(request: { edit: DraftEdit; label: EditLabel }): Promise<Result<EditOutcome>>;
  undo(): Promise<Result<EditOutcome>>;
  redo(): Promise<Result<EditOutcome>>;

  /** Renames a run, changes its notes or deletes it, as one undoable step. Deleting a running run stops it first. */
  changeRun(request: { runId: string; change: RunChange; label: EditLabel }): Promise<Result<EditOutcome>>;

  /** How much memory a run of the draft would hold while it trains. Returns all problems of the draft at once. */
  planRun(): Promise<Result<RunMemory>>;
  /** Freezes the draft as a run at epoch 0. Returns all problems of the draft at once. */
  newRun(): Promise<Result<RunSummary>>;
  controlRun(request: { runId: string; command: RunCommand }): Promise<Result<RunSummary>>;
  getRun(runId: string): Promise<Result<RunView>>;
  /** The report of a shapes run: every number of every tensor. */
  getShapes(runId: string): Promise<Result<ShapesReport>>;
  /**
   * Rows of epochs > since, in order, at most limit. Predictions: those of the first samples, 4,000 characters a row.
   */
  getEpochs(request: { runId: string; since: number; limit: number }): Promise<Result<EpochRow[]>>;

  /** The epochs at which a run can be looked at without a replay, in order. */
  listCheckpoints(runId: string): Promise<Result<CheckpointView[]>>;
  /** Settings that were changed while a run trained, in order, each with the place where it took effect. */
  listChanges(runId: string): Promise<Result<SettingsChange[]>>;
  /**
   * A run as it was after an epoch, replayed if it has no checkpoint there; changes nothing. For a branch, epochs
   * before its beginning are its parent's. Cancels this window's previous look (`look-cancelled`) and the questions and
   * previews that belong to it.
   */
  lookAt(request: { runId: string; at: Moment }): Promise<Result<PastView>>;
  /**
   * Asks a question of the weights at a moment or inside an epoch, some set to other values by `weights`; changes
   * nothing. Replays as `lookAt` does, and is quick once that moment has been reached.
   */
  askRun(request: {
    runId: string;
    at: Moment | BatchMoment;
    question: Question;
    weights?: WeightPatch[];
  }): Promise<Result<Answer>>;
  /**
   * Asks one question of the weights after each of these epochs, at most 200, in one way forward through the run: each
   * replay goes on from the one before, or from a stored state that is nearer. The answers hold at most 2²² numbers.
   * Looks do not cancel it; `cancelAskOver` and this window's next question of its group do (`look-cancelled`).
   */
  askRunOver(request: AskRunOver): Promise<Result<AnswersOver>>;
  /** Cancels what this window asks over epochs: that of one group, or all. */
  cancelAskOver(group?: string): Promise<void>;
  /**
   * What a run did, or will do next, with batch `batch` (from 0) of epoch `epoch` (from 1); `keys`: whose columns are
   * wanted, null: all. Replays as `lookAt` does. Changes nothing.
   */
  explainBatch(request: ExplainBatchOfRun): Promise<Result<BatchStory>>;
  /** Cancels this window's look. */
  cancelLook(): Promise<void>;
  /**
   * Curves of a run from epoch `from` to `to`. Each has at most `points` points; a point gives the least and the
   * greatest value of the epochs that it stands for, so a million epochs cost no more than a thousand.
   */
  getCurves(request: {
    runId: string;
    metrics: CurveMetric[];
    from: number;
    to: number;
    points: number;
  }): Promise<Result<Curve[]>>;
  /** Summary of all of a run's epochs; null before the first. */
  getStanding(runId: string): Promise<Result<RunStanding | null>>;
  /**
   * Creates a run that continues from another run's state after an epoch, paused there, with its own copy of that
   * state: one undoable step. It begins with the settings of that epoch, modified by the change.
   */
  branchRun(request: BranchRequest): Promise<Result<RunSummary>>;
  /**
   * Creates runs that differ from a run in the cell alone and trains them in the background: one undoable step. They
   * have its data, seed, stop rules and first settings (changes made while it trained are not made again), and as many
   * epochs: those behind it once it has ended, else those it is to train. Warnings: runs that were created and did not
   * begin.
   */
  createKin(request: KinRequest): Promise<Result<RunSummary[]>>;

  /** The first part of what an export would write, and the size of the whole. */
  previewExport(request: ExportRequest): Promise<Result<ExportPreview>>;
  /** Writes the export (write, fsync, rename), then reads it back and compares before it reports success. */
  writeExport(request: ExportRequest & { path: string; overwrite: boolean }): Promise<Result<ExportWritten>>;
  /** Describes a weights or experiment file, given by path or as dropped contents. Changes nothing. */
  readFile(request: FileSource): Promise<Result<FileSummary>>;
  /** Makes a file's weights the draft's initial weights: one undoable step. */
  importWeights(request: FileSource): Promise<Result<EditOutcome>>;
  /**
   * Reads rows or a text from a file, a drop or the clipboard, and reports what it is and what it would do to the
   * draft. Changes nothing. It replaces this window's previous import and remains until it is applied or cancelled.
   */
  openImport(request: FileSource): Promise<Result<ImportPreview>>;
  /** Reads the same file again with other choices. A reading that is still under way is cancelled. */
  previewImport(choices: ImportChoices): Promise<Result<ImportPreview>>;
  /** Applies the import to the draft as one undoable step. Fails if the file is no longer the one that was shown. */
  applyImport(request: { choices: ImportChoices; revision: string }): Promise<Result<HistoryView>>;
  /** Stops reading and forgets the file. */
  cancelImport(): Promise<void>;
}

/** Events that main sends to a window. */
export interface LabEvents {
  /** The draft or the undo history changed, in this window or in another one on the same project. */
  draftChanged(event: EditOutcome): void;
  /** A run changed, was created, or came back because its deletion was undone. */
  runChanged(event: RunSummary): void;
  runRemoved(event: { runId: string }): void;
  /** The project's place or access changed; sent at once when the file disappears or refuses a change. */
  projectChanged(event: ProjectStatus): void;
  /** Rows up to `epoch` can be pulled; `loss` is that epoch's. At most 20 a second per run. */
  epochsArrived(event: { runId: string; epoch: number; loss: number }): void;
  engineChanged(event: EngineStatus): void;
  /** Progress of the replay for what this window looks at, asks or exports; at most 20 a second. */
  lookProgressed(event: LookProgress): void;
  /** Fraction of the window's import that has been read, 0 … 1; at most 10 a second. */
  importProgressed(event: { fraction: number }): void;
  /** The lab met a defect of its own and continues. */
  defectFound(event: Problem): void;
  /** The lab stopped answering, or answers again; main itself says so, and accepts `endLab` meanwhile. */
  labSilent(event: { isSilent: boolean }): void;
  /** A menu item or a file opened from outside the window. */
  command(event: LabCommand): void;
}

export interface LabDescription {
  version: string;
  host: 'desktop' | 'browser';
  /** system: showFileDialog; window: the renderer's own chooser over listFolder. */
  dialogs: 'system' | 'window';
  platform: 'darwin' | 'linux' | 'win32';
  engine: EngineStatus;
  /** Where new projects go. */
  projectsFolder: string;
  threads: { automatic: number; most: number; cores: number };
}

export type EngineStatus =
  /** `after`: why the previous engine died. */
  | { status: 'starting'; after?: Problem }
  | { status: 'ready'; engine: RunningEngine }
  | { status: 'failed'; problem: Problem };

/** An engine's process and the V8 flags it runs with: flags that were tried on this computer and found good. */
export interface RunningEngine extends EngineDescription {
  v8: string;
  flags: readonly string[];
}

export interface Preferences {
  /** null: follows the system. */
  language: Language | null;
  theme: 'light' | 'dark' | null;
  /** Threads that share a large run's work, 1 to describe().threads.most; null: describe().threads.automatic. */
  threads: number | null;
}

export interface TemplateSummary {
  /** For example `hello-rnn`; `ohlol train` takes the same names. */
  name: string;
  experiment: ExperimentDocument;
}

export interface RecentProject {
  path: string;
  name: string;
  /** ISO 8601. */
  openedAt: string;
  lastRun: {
    status: RunState['status'];
    epoch: number;
    epochs: number;
    loss: number | null;
    /** At most 40 losses spread over the run, for a sparkline. */
    losses: number[];
    prediction: string | null;
    right: boolean;
  } | null;
}

export interface FolderListing {
  path: string;
  parent: string | null;
  entries: { name: string; kind: 'folder' | 'file' }[];
}

export interface FileDialogRequest {
  kind: 'open' | 'save';
  purpose: 'project' | 'weights' | 'import' | 'export';
  suggestedName: string | null;
  /** Where the dialog opens; null, or a folder that the window has not been shown or chosen in: where projects go. */
  folder: string | null;
}

export type ProjectSource =
  | { kind: 'template'; name: string }
  | { kind: 'empty' }
  /** The document's own bytes, at most 64,000,000; the reader interprets them. */
  | { kind: 'experiment'; fileName: string; bytes: Uint8Array };

export interface ProjectView extends ProjectStatus {
  draft: Draft;
  history: HistoryView;
  /** Runs in order of creation. */
  runs: RunSummary[];
  /** What was repaired or set aside while opening. */
  warnings: Problem[];
}

export interface ProjectStatus {
  path: string;
  access: ProjectAccess;
  fileBytes: number;
}

export type ProjectAccess =
  /** Changes are accepted; what is reported as saved is on the disk. */
  | { kind: 'write' }
  /** Nothing can be changed. The problem says why, and which process has the file if one has. */
  | { kind: 'read-only'; problem: Problem }
  /**
   * The file was moved, deleted or made read-only while open. Work goes on in a copy at `keptAt`; Save a Copy ends
   * this.
   */
  | { kind: 'adrift'; problem: Problem; keptAt: string }
  /** The file accepts no changes now (the disk is full). Runs pause; their last epochs wait in memory. */
  | { kind: 'stuck'; problem: Problem };

/** pause (the default): at a checkpoint. background: the lab trains on without a window until its runs have ended. */
export type RunningAtClose = 'pause' | 'stop' | 'background';

export interface ClosingView {
  /** Running runs that no other window shows. Empty: there is nothing to ask. */
  running: RunSummary[];
}

export interface CopySaved {
  path: string;
  bytes: number;
}

export type RunChange =
  | { kind: 'rename'; name: string }
  | { kind: 'notes'; notes: string }
  | { kind: 'delete' };

export interface HistoryView {
  /** Number of committed changes; equal revisions mean equal drafts. */
  revision: number;
  undo: EditLabel | null;
  redo: EditLabel | null;
  /** When the last change was committed, ISO 8601. */
  savedAt: string;
}

/** A message key of the window (for example `edit_row_removed`) and its values. */
export interface EditLabel {
  key: string;
  values: Record<string, string | number>;
}

/** A committed change: the edit to apply to a draft of revision − 1; an empty `all` if a run was changed. */
export interface EditOutcome {
  edit: DraftEdit;
  history: HistoryView;
}

export interface RunSummary {
  id: string;
  /** shapes: a run that trains nothing, has no epochs, and is finished once made; see `getShapes`. */
  kind: 'training' | 'shapes';
  /** From 1, in order of creation; it determines the run's colour. */
  number: number;
  name: string;
  notes: string;
  createdAt: string;
  state: RunState;
  progress: RunProgress;
  epochs: number;
  lastLoss: number | null;
  bestLoss: number | null;
  firstRightEpoch: number | null;
  /** Size of its checkpoints in the file: at most some 64 MB, besides the best and the last. */
  checkpointBytes: number;
  /** For a branch: the run and epoch from which its own epochs count on. `runId` is null if that run is deleted. */
  parent: { runId: string | null; epoch: number } | null;
  /** For a branch: what differs from its parent. */
  change: BranchChange | null;
  /** For a branch: how many weights were set by hand before it went on. */
  handEdited: number;
  settings: RunSettings;
}

/**
 * A run's settings by the paths of its document (`model.cell`, `training.optimizer.lr`), with live changes applied;
 * `name` is the experiment's name. `dataset` and `initialWeights` are represented by a number, the same for equal ones.
 */
export type RunSettings = Record<string, string | number | boolean | null>;

export interface RunView {
  summary: RunSummary;
  /** The frozen document, with live changes applied to its training settings. */
  experiment: ExperimentDocument;
}

/**
 * A moment in a run: after an epoch (0: before the first update), after the best epoch so far, or the current state.
 * The best is judged by the early stopping metric, else by the validation loss, else by the loss.
 */
export type Moment = number | 'best' | 'now';

export interface CheckpointView extends RunPlace {
  /** ISO 8601. */
  madeAt: string;
  /** Loss of its last epoch: the validation loss if there is one. */
  loss: number | null;
  bytes: number;
}

export interface PastView {
  /** The run that the epoch belongs to: an ancestor if the run branched off later. */
  runId: string;
  epoch: number;
  /** Results of that epoch's forward pass, before its update; null before the first epoch. */
  row: EpochRow | null;
  /** Number of epochs replayed to get there; 0 if the state was available. */
  replayed: number;
}

export interface BranchRequest {
  runId: string;
  epoch: number;
  change: BranchChange;
  /** Weights set by hand before the branch goes on. */
  weights?: WeightPatch[];
  label: EditLabel;
}

export interface KinRequest {
  runId: string;
  /** Other cells than its own, each once. */
  cells: CellName[];
  label: EditLabel;
}

/** What differs in a branch; everything else is as in its parent. */
export type BranchChange =
  | { kind: 'none' }
  | { kind: 'setting'; settings: LiveSettings }
  /** A different optimizer begins at its first step; the same one keeps its state. */
  | { kind: 'optimizer'; optimizer: OptimizerSpec }
  /** The project's current data, with the same task, tokens and vocabularies. Stop rules start counting anew. */
  | { kind: 'data' }
  /** Seed of the shuffles and the dropout from there on. */
  | { kind: 'seed'; seed: number };

export interface LookProgress {
  /** The run that was asked for; `at` is the moment, or the kind of the question that is asked over epochs. */
  runId: string;
  at: Moment | BatchMoment | { over: QuestionKind };
  epoch: number;
  /**
   * Epochs replayed so far, and `of`: epochs to replay; a part of one counts as one. Over epochs: those that have
   * answered, of all that are asked.
   */
  done: number;
  of: number;
}

export interface ExportRequest {
  runId: string;
  format: ExportFormat;
  /** Absent: the current state. A table holds the rows up to this moment; an experiment takes none. */
  at?: Moment;
  /** For metrics-csv only: begin with the byte order mark by which Excel recognises UTF-8. */
  excelMark?: boolean;
}

export interface ExportPreview {
  fileName: string;
  /** At most the first 20,000 characters. */
  text: string;
  bytes: number;
}

export interface ExportWritten {
  path: string;
  bytes: number;
}

export type FileSource =
  | { kind: 'path'; path: string }
  /** The file's own bytes, at most 64,000,000; the reader interprets them. */
  | { kind: 'contents'; fileName: string; bytes: Uint8Array };

export type FileSummary =
  | {
      kind: 'weights';
      name: string;
      tensors: { key: string; shape: number[] }[];
      parameterCount: number;
      vocabulary: string[] | null;
      trained: { epochs: number; loss: number | null; seed: number } | null;
    }
  | { kind: 'experiment'; name: string; experiment: ExperimentDocument };

export type LabCommand =
  | { kind: 'new' }
  | { kind: 'open' }
  | { kind: 'open-path'; path: string }
  | { kind: 'close' }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'export' }
  | { kind: 'about' };

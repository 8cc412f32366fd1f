/**
 * The door to the lab: types only. `main/lab/` implements it for every host, `renderer/lab.ts` calls it.
 *
 * One connection (a window) holds at most one open project. Everything is plain JSON, but for arrays
 * of bytes and numbers that are said to be such (main/window-message.ts carries both). What a user can cause comes
 * back as a Result; a rejected promise is a defect or a lost connection. Events are hints: whoever misses one pulls
 * the truth (`getProject`, `getEpochs`).
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
import type { EarlyStopping, ExperimentDocument, OptimizerSpec } from '../engine/model/experiment.ts';
import type { Answer, Question } from '../engine/questions.ts';
import type { Curve, CurveMetric } from './curves-api.ts';

export interface LabApi {
  describe(): Promise<LabDescription>;
  /** Ends a lab that does not answer, which another follows; of no effect on one that does. */
  endLab(): Promise<void>;
  getPreferences(): Promise<Preferences>;
  setPreferences(patch: Partial<Preferences>): Promise<Preferences>;

  listTemplates(): Promise<TemplateSummary[]>;
  /** Newest first; files that are gone are left out. */
  listRecent(): Promise<RecentProject[]>;
  /** For the in-window chooser; null is the folder where projects go. */
  listFolder(path: string | null): Promise<Result<FolderListing>>;
  /** The system's own dialog; only where describe().dialogs is 'system'. null: cancelled. */
  showFileDialog(request: FileDialogRequest): Promise<string | null>;

  /** Makes a project file and opens it. path null: a free name in the folder where projects go. */
  createProject(request: { source: ProjectSource; path: string | null }): Promise<Result<ProjectView>>;
  openProject(request: { path: string }): Promise<Result<ProjectView>>;
  /** Reads the open project again; null where none is open. */
  getProject(): Promise<ProjectView | null>;
  /** What closing this window's project would interrupt, to be asked about once before closeProject. */
  describeClosing(): Promise<ClosingView>;
  /** Unless another window shows it, its running runs pause at a checkpoint, or do what `running` says. */
  closeProject(running?: RunningAtClose): Promise<void>;
  /**
   * Writes the whole project, runs included, to another file: write, fsync, rename. A project that is adrift is that
   * file from then on.
   */
  saveCopy(request: { path: string; overwrite: boolean }): Promise<Result<CopySaved>>;
  /**
   * Opens the shown project for writing when another process may still have it open and we cannot tell whether it is
   * alive (`project-locked-unsure`). If it is, it finds the file taken and writes no more.
   */
  takeOverProject(): Promise<Result<ProjectView>>;
  /** A copy under a free name beside it, opened in this window in its place. */
  duplicateProject(): Promise<Result<ProjectView>>;

  /** One undoable step. label says what undo will take back, as a message key of the window with its values. */
  edit(request: { edit: DraftEdit; label: EditLabel }): Promise<Result<EditOutcome>>;
  undo(): Promise<Result<EditOutcome>>;
  redo(): Promise<Result<EditOutcome>>;

  /** Renames a run, notes something of it, deletes it (a running one stops first): one undoable step. */
  changeRun(request: { runId: string; change: RunChange; label: EditLabel }): Promise<Result<EditOutcome>>;

  /** What a run of the draft would hold while it trains; problems of the draft come back all at once. */
  planRun(): Promise<Result<RunMemory>>;
  /** Freezes the draft as a run at epoch 0; problems of the draft come back all at once. */
  newRun(): Promise<Result<RunSummary>>;
  controlRun(request: { runId: string; command: RunCommand }): Promise<Result<RunSummary>>;
  getRun(runId: string): Promise<Result<RunView>>;
  /** What a shapes run has shown: every number of every tensor. */
  getShapes(runId: string): Promise<Result<ShapesReport>>;
  /** Rows of epochs > since, in order, at most limit; of long predictions those of the first samples, 4,000 characters. */
  getEpochs(request: { runId: string; since: number; limit: number }): Promise<Result<EpochRow[]>>;

  /** Where a run can be looked at without a replay, in the order of its epochs. */
  listCheckpoints(runId: string): Promise<Result<CheckpointView[]>>;
  /** The settings that were changed while a run trained, each from the place on where it took effect, in order. */
  listChanges(runId: string): Promise<Result<SettingsChange[]>>;
  /**
   * A run as it was after an epoch, replayed where it has no checkpoint there; looking changes nothing. Of a branch, epochs
   * before it began are its parent's. A look of this window that is under way is given up (`look-cancelled`), with what is
   * asked or previewed beside it.
   */
  lookAt(request: { runId: string; at: Moment }): Promise<Result<PastView>>;
  /**
   * Asks the weights of that moment, with some of their numbers set otherwise where `weights` says so; replays as `lookAt`
   * does, and is quick after it. Changes nothing.
   */
  askRun(request: {
    runId: string;
    at: Moment;
    question: Question;
    weights?: WeightPatch[];
  }): Promise<Result<Answer>>;
  /**
   * What a run did with batch `batch` (from 0) of epoch `epoch` (from 1), or will do next; `keys`: whose columns are wanted,
   * null: all. Replays as `lookAt` does. Changes nothing.
   */
  explainBatch(request: ExplainBatchOfRun): Promise<Result<BatchStory>>;
  /** Gives up what this window looks at. */
  cancelLook(): Promise<void>;
  /**
   * Curves of a run from epoch `from` to `to`, each in at most `points` points with the least and the greatest of the
   * epochs that they stand for: a million epochs cost no more than a thousand.
   */
  getCurves(request: {
    runId: string;
    metrics: CurveMetric[];
    from: number;
    to: number;
    points: number;
  }): Promise<Result<Curve[]>>;
  /** What is true of all of a run's epochs together; null before the first. */
  getStanding(runId: string): Promise<Result<RunStanding | null>>;
  /**
   * A new run that goes on from a run's state after an epoch, paused there, with a copy of that state of its own: one
   * undoable step. It begins with the settings of that epoch and the change.
   */
  branchRun(request: BranchRequest): Promise<Result<RunSummary>>;

  /** The first part of what an export would write, and how long the whole is. */
  previewExport(request: ExportRequest): Promise<Result<ExportPreview>>;
  /** Writes (write, fsync, rename), reads back and compares before it says so. */
  writeExport(request: ExportRequest & { path: string; overwrite: boolean }): Promise<Result<ExportWritten>>;
  /** Says what a weights or experiment file is, from a path or from dropped contents. Changes nothing. */
  readFile(request: FileSource): Promise<Result<FileSummary>>;
  /** Weights become the draft's initial weights; an undoable step. */
  importWeights(request: FileSource): Promise<Result<EditOutcome>>;
  /**
   * Rows or a text from a file, a drop or what was pasted: what it is and what it would do to the draft. It stays this
   * window's import, in place of one before, until it is applied or cancelled. Changes nothing.
   */
  openImport(request: FileSource): Promise<Result<ImportPreview>>;
  /** The same file by other choices; one that is still being read is given up. */
  previewImport(choices: ImportChoices): Promise<Result<ImportPreview>>;
  /** Takes it into the draft, as one undoable step; a failure where the file is no longer the one that was shown. */
  applyImport(request: { choices: ImportChoices; revision: string }): Promise<Result<HistoryView>>;
  /** Gives up what is being read, and forgets the file. */
  cancelImport(): Promise<void>;
}

/** Sent by main to a window. */
export interface LabEvents {
  /** The draft or the undo history changed, here or in another window on the same project. */
  draftChanged(event: EditOutcome): void;
  /** Also when an undone deletion brings it back. */
  runChanged(event: RunSummary): void;
  runRemoved(event: { runId: string }): void;
  /** Where the project is kept, and whether it takes changes: at once when the file goes away or refuses one. */
  projectChanged(event: ProjectStatus): void;
  /** Rows up to this epoch, of which this is the loss, can be pulled. At most 20 a second a run. */
  epochsArrived(event: { runId: string; epoch: number; loss: number }): void;
  engineChanged(event: EngineStatus): void;
  /** How many epochs have been replayed of those that the window looks at or exports, of how many; at most 20 a second. */
  lookProgressed(event: LookProgress): void;
  /** How much of the window's import has been read, 0 … 1; at most 10 a second. */
  importProgressed(event: { fraction: number }): void;
  /** The lab has failed somewhere in itself and goes on. */
  defectFound(event: Problem): void;
  /**
   * The lab does not answer (main's own word: the lab cannot give it), or does again. Waiting may help; `endLab` is taken
   * meanwhile.
   */
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
  /** `after`: what the one before died of. */
  | { status: 'starting'; after?: Problem }
  | { status: 'ready'; engine: RunningEngine }
  | { status: 'failed'; problem: Problem };

/** An engine's process, and with which of V8's flags it runs: those that were tried here and found good. */
export interface RunningEngine extends EngineDescription {
  v8: string;
  flags: readonly string[];
}

export interface Preferences {
  /** null: as the system says. */
  language: Language | null;
  theme: 'light' | 'dark' | null;
  /** That share the work of a large run, from 1 to describe().threads.most; null: describe().threads.automatic. */
  threads: number | null;
}

export interface TemplateSummary {
  /** `hello-rnn`; also what `ohlol train` takes. */
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
    /** At most 40 losses over the run, for a spark line. */
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
  /** Where it opens; null: where projects go. One that this window has not been shown, or chosen in, counts as null. */
  folder: string | null;
}

export type ProjectSource =
  | { kind: 'template'; name: string }
  | { kind: 'empty' }
  /** A document's own bytes, at most 64,000,000: what they mean is for the reader to say. */
  | { kind: 'experiment'; fileName: string; bytes: Uint8Array };

export interface ProjectView extends ProjectStatus {
  draft: Draft;
  history: HistoryView;
  /** In order of creation. */
  runs: RunSummary[];
  /** What was mended or left aside while opening. */
  warnings: Problem[];
}

export interface ProjectStatus {
  path: string;
  access: ProjectAccess;
  fileBytes: number;
}

export type ProjectAccess =
  /** What is said to be saved is on the disk. */
  | { kind: 'write' }
  /** Nothing can be changed: the problem says why, and which process has it where one has. */
  | { kind: 'read-only'; problem: Problem }
  /** The file was moved, deleted or made read-only while open. Work goes on and is saved in a copy; Save a Copy ends it. */
  | { kind: 'adrift'; problem: Problem; keptAt: string }
  /** It takes nothing at the moment (the disk is full). Runs pause; their last epochs wait in memory and are tried again. */
  | { kind: 'stuck'; problem: Problem };

/** background: the lab trains on without a window, until all of them have ended. */
export type RunningAtClose = 'pause' | 'stop' | 'background';

export interface ClosingView {
  /** That are running and that no other window shows. Empty: there is nothing to ask. */
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
  /** Counts committed changes; equal revisions mean equal drafts. */
  revision: number;
  undo: EditLabel | null;
  redo: EditLabel | null;
  /** When the last change was committed, ISO 8601. */
  savedAt: string;
}

/** A message key of the window (`edit_row_removed`) and its values. */
export interface EditLabel {
  key: string;
  values: Record<string, string | number>;
}

/** What was committed: the edit (an empty `all` where a run was changed), to be applied to a draft of revision − 1. */
export interface EditOutcome {
  edit: DraftEdit;
  history: HistoryView;
}

export interface RunSummary {
  id: string;
  /** shapes: it trains nothing, has no epochs, and ended as it was made; see `getShapes`. */
  kind: 'training' | 'shapes';
  /** From 1, in order of creation: the run's colour. */
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
  /** How much its checkpoints take up in the file: at most some 64 MB besides its best and its last. */
  checkpointBytes: number;
  /** Of a branch: which run's epoch it goes on from, its own epochs counted on; `runId` null where that is deleted. */
  parent: { runId: string | null; epoch: number } | null;
  /** Of a branch: what is different from its parent. */
  change: BranchChange | null;
  /** Of a branch: how many of its weights were set by hand before it went on. */
  handEdited: number;
  settings: RunSettings;
}

/**
 * What a run is made with, by the paths of its document (`model.cell`, `training.optimizer.lr`), live changes applied;
 * `name` is that of its experiment. For `dataset` and `initialWeights` a number stands, which equal ones share.
 */
export type RunSettings = Record<string, string | number | boolean | null>;

export interface RunView {
  summary: RunSummary;
  /** The frozen document, with live changes applied to its training settings. */
  experiment: ExperimentDocument;
}

export interface ExplainBatchOfRun {
  runId: string;
  epoch: number;
  batch: number;
  keys: string[] | null;
}

/**
 * When in a run: after an epoch (0: before its first update); after the best so far, by the early stopping metric, else by
 * the validation loss, else by the loss; or as it stands.
 */
export type Moment = number | 'best' | 'now';

export interface CheckpointView extends RunPlace {
  /** ISO 8601. */
  madeAt: string;
  /** Of its last epoch: the validation loss where there is one. */
  loss: number | null;
  bytes: number;
}

export interface PastView {
  /** Whose epoch it is: an ancestor's, where the run branched off later. */
  runId: string;
  epoch: number;
  /** What that epoch's own forward pass gave, before its update; null before the first. */
  row: EpochRow | null;
  /** Epochs that were replayed for it; 0 where it was there. */
  replayed: number;
}

export interface BranchRequest {
  runId: string;
  epoch: number;
  change: BranchChange;
  /** Set by hand before it goes on. */
  weights?: WeightPatch[];
  label: EditLabel;
}

/** What is different in a branch; everything else is as its parent had it. */
export type BranchChange =
  | { kind: 'none' }
  | { kind: 'setting'; settings: LiveSettings }
  /** Another begins at its first step; the same keeps its state. */
  | { kind: 'optimizer'; optimizer: OptimizerSpec }
  /** The data that the project has now; with the same task, tokens and vocabularies. Stop rules count anew. */
  | { kind: 'data' }
  /** Of the shuffles and the dropout from there on. */
  | { kind: 'seed'; seed: number };

export interface LookProgress {
  /** As it was asked for. */
  runId: string;
  at: Moment;
  epoch: number;
  /** Epochs. */
  done: number;
  of: number;
}

export interface RunStanding {
  /** The newest epoch that it speaks of. */
  epoch: number;
  /** The first epochs with the least of each; null where nothing is held back. */
  leastLoss: number;
  leastValidationLoss: number | null;
  /** Epochs in a row, up to the newest, in which every token was right. */
  rightStreak: number;
  /** How much of its patience is used up, as the engine's stop-rules.ts counts it; null where it has no such rule. */
  patience: PatienceUsed | null;
}

export interface PatienceUsed {
  metric: EarlyStopping['metric'];
  bestEpoch: number;
  /** Since the metric was better by more than minDelta. */
  epochs: number;
  patience: number;
}

export interface ExportRequest {
  runId: string;
  format: ExportFormat;
  /** Absent: as it stands. Of a table, its rows until then; an experiment is of no moment. */
  at?: Moment;
  /** For metrics-csv only: begin with the mark that makes Excel read it as UTF-8. */
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
  /** The file's own bytes, at most 64,000,000: what they mean is for the reader to say. */
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

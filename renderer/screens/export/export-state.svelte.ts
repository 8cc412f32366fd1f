import type { Problem, Result } from '../../../engine/errors.ts';
import { type ExportFormat, findExporter, isWeightsFormat } from '../../../engine/formats/exports.ts';
import type { ExperimentDocument } from '../../../engine/model/experiment.ts';
import type { ExportPreview, ExportWritten, LabApi, Moment, RunSummary } from '../../../main/api.ts';
import { folderOf, joinPath } from '../../components/file-chooser.ts';
import type { ProjectState } from '../../state/project.svelte.ts';

/** The result of the last export. It is cleared when another run, epoch, format or file is chosen. */
export type Outcome =
  | { kind: 'none' }
  | { kind: 'writing' }
  | { kind: 'written'; written: ExportWritten; format: ExportFormat; tensors: number }
  | { kind: 'exists'; path: string }
  | { kind: 'problems'; problems: Problem[] };

/** The choices of the export screen, the preview they lead to, and what was written. */
export class ExportState {
  readonly #api: LabApi;
  readonly #project: ProjectState;
  /** null: the run on screen, or the last run. */
  chosenRun = $state<string | null>(null);
  /**
   * The epoch of a run that is not on screen; null: the run as it stands. The run on screen is exported at
   * the moment that the window looks at.
   */
  chosenEpoch = $state<number | null>(null);
  format = $state<ExportFormat>('weights-json');
  /** Starts a CSV file with a mark for Excel; for metrics only. */
  excelMark = $state(false);
  preview = $state.raw<ExportPreview | null>(null);
  previewProblems = $state.raw<Problem[]>([]);
  /** The document of the run in the preview. */
  experiment = $state.raw<ExperimentDocument | null>(null);
  /** The text in the field; null: what the lab suggests. */
  typedPath = $state<string | null>(null);
  outcome = $state.raw<Outcome>({ kind: 'none' });
  #asked = 0;

  constructor(api: LabApi, project: ProjectState) {
    this.#api = api;
    this.#project = project;
  }

  /** A file in the folder chosen last, at first beside the project, with the name that the lab suggests. */
  suggestedPath = $derived.by(() => {
    if (!this.preview) return '';
    const chosen = this.typedPath === null ? '' : folderOf(this.typedPath);
    const folder = chosen || folderOf(this.#project.path ?? '');
    return folder === '' ? this.preview.fileName : joinPath(folder, this.preview.fileName);
  });
  path = $derived.by(() => this.typedPath ?? this.suggestedPath);
  takesExcelMark = $derived.by(() => findExporter(this.format).options.includes('excelMark'));
  /** Whether the format holds weights, which the preview lists as tensors. */
  isWeights = $derived.by(() => isWeightsFormat(this.format));
  /** Whether the format depends on the epoch; an experiment is the same at every epoch. */
  takesEpoch = $derived.by(() => findExporter(this.format).needs !== 'experiment');

  /** Chooses another run or format. The file name follows; the folder stays. */
  choose(choice: { run?: string; format?: ExportFormat }): void {
    if (choice.run !== undefined && choice.run !== this.chosenRun) this.chosenEpoch = null;
    if (choice.run !== undefined) this.chosenRun = choice.run;
    if (choice.format !== undefined) this.format = choice.format;
    this.outcome = { kind: 'none' };
  }

  setExcelMark(on: boolean): void {
    this.excelMark = on;
    this.outcome = { kind: 'none' };
  }

  setEpoch(epoch: number | null): void {
    this.chosenEpoch = epoch;
    this.outcome = { kind: 'none' };
  }

  setPath(path: string): void {
    this.typedPath = path.trim() === '' ? null : path.trim();
    this.outcome = { kind: 'none' };
  }

  /** Asks for the preview of a run. An answer that has been overtaken by a newer question is dropped. */
  async load(
    run: RunSummary | null,
    format: ExportFormat,
    excelMark = false,
    moment: Moment = 'now',
  ): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    if (!run) {
      this.preview = null;
      this.experiment = null;
      this.previewProblems = [];
      return;
    }
    const [view, preview] = await Promise.all([
      this.#api.getRun(run.id),
      this.#api.previewExport({ runId: run.id, format, excelMark, ...at(format, moment) }),
    ]);
    if (asked !== this.#asked) return;
    this.experiment = view.ok ? view.value.experiment : null;
    const before = this.preview?.fileName;
    this.preview = preview.ok ? preview.value : null;
    this.previewProblems = preview.ok ? [] : preview.problems;
    // Text typed before the lab suggested a name is the user's own name and stays.
    const follows = preview.ok && before !== undefined && before !== preview.value.fileName;
    if (follows && this.typedPath !== null) this.typedPath = this.suggestedPath;
  }

  async write(runId: string, tensors: number, overwrite: boolean, moment: Moment = 'now'): Promise<void> {
    const { format, path } = this;
    const excelMark = this.takesExcelMark && this.excelMark;
    this.outcome = { kind: 'writing' };
    const result = await this.#api.writeExport({
      ...{ runId, format, excelMark, path, overwrite },
      ...at(format, moment),
    });
    this.outcome = outcomeOf(result, format, path, tensors);
  }
}

const at = (format: ExportFormat, moment: Moment): { at?: Moment } =>
  moment === 'now' || findExporter(format).needs === 'experiment' ? {} : { at: moment };

function outcomeOf(
  result: Result<ExportWritten>,
  format: ExportFormat,
  path: string,
  tensors: number,
): Outcome {
  if (result.ok) return { kind: 'written', written: result.value, format, tensors };
  if (result.problems.some(({ code }) => code === 'file-exists')) return { kind: 'exists', path };
  return { kind: 'problems', problems: result.problems };
}

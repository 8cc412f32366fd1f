import type { Problem, Result } from '../../engine/errors.ts';
import type { ImportChoices } from '../../engine/formats/importing/choices.ts';
import type { EncodingName } from '../../engine/formats/importing/encodings.ts';
import type { ImportPreview } from '../../engine/formats/importing/preview.ts';
import type { FileSource, LabApi } from '../../main/api.ts';
import type { LabConnection } from '../lab.ts';
import { contentsOf, type GivenFile } from './file-contents.ts';
import { report, showDefect } from './report.ts';

/**
 * A file that is about to be imported: what the lab found in it, what the user chose instead, and what the
 * import would do. The project does not change before `apply`.
 */
export class ImportState {
  readonly #api: LabApi;
  /** null: nothing is being imported. */
  fileName = $state<string | null>(null);
  preview = $state.raw<ImportPreview | null>(null);
  /** Why the file cannot be shown. */
  problems = $state.raw<Problem[]>([]);
  /** The user's choices that replace what was found. */
  choices = $state.raw<ImportChoices>({});
  /** The labels in the file, before any of them was renamed. */
  labels = $state.raw<{ label: string; count: number }[]>([]);
  /** The encoding that the user accepted although the text looks wrong in it. */
  accepted = $state<EncodingName | null>(null);
  busy = $state(false);
  fraction = $state(0);
  #asked = 0;

  constructor(connection: LabConnection) {
    this.#api = connection.api;
    connection.handlers.importProgressed = ({ fraction }) => {
      this.fraction = fraction;
    };
  }

  /** Starts the import of a file that was dropped on the window or chosen in it. */
  async openFile(file: GivenFile): Promise<void> {
    const contents = await contentsOf(file);
    this.fileName = file.name;
    this.choices = {};
    this.accepted = null;
    this.preview = null;
    this.labels = [];
    this.problems = contents.ok ? [] : contents.problems;
    if (contents.ok)
      await this.#look(() =>
        this.#api.openImport({ kind: 'contents', ...contents.value } satisfies FileSource),
      );
  }

  /**
   * Replaces part of what was found. A choice that changes how the file is cut drops the chosen columns and
   * labels, which are then found again.
   */
  async choose(patch: ImportChoices): Promise<void> {
    const cutsAnew = ['encoding', 'form', 'separator', 'quotes', 'comment', 'header'].some(
      (key) => key in patch,
    );
    const { columns: _, labels: __, ...kept } = this.choices;
    this.choices = cutsAnew ? { ...kept, ...patch } : { ...this.choices, ...patch };
    const choices = this.choices;
    await this.#look(() => this.#api.previewImport(choices));
  }

  /** Whether the preview shows the latest choices and can be imported. */
  get ready(): boolean {
    return this.preview !== null && !this.preview.refused && this.problems.length === 0 && !this.busy;
  }

  async apply(): Promise<void> {
    const { preview } = this;
    if (!preview || !this.ready) return;
    this.busy = true;
    const { choices, revision } = preview;
    const taken = await report(this.#api.applyImport({ choices, revision }));
    this.busy = false;
    if (taken) this.#forget();
  }

  async cancel(): Promise<void> {
    this.#forget();
    await this.#api.cancelImport();
  }

  /** Only the newest request counts: an answer to an earlier one is ignored. */
  async #look(ask: () => Promise<Result<ImportPreview>>): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    this.busy = true;
    this.fraction = 0;
    try {
      const found = await ask();
      if (asked !== this.#asked) return;
      this.problems = found.ok ? [] : found.problems;
      if (found.ok) {
        this.preview = found.value;
        if (!this.choices.labels) this.labels = found.value.labels;
      }
    } catch (error) {
      if (asked === this.#asked) showDefect(error);
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  #forget(): void {
    this.#asked += 1;
    this.fileName = null;
    this.preview = null;
    this.problems = [];
    this.busy = false;
  }
}

import type { FileDialogRequest } from '../../main/api.ts';
import { folderOf } from '../components/file-chooser.ts';
import type { LabState } from './lab.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

/**
 * Choosing a file on any host: `await chooser.choose({ kind: 'open', purpose: 'project', … })` shows the
 * system's dialog where there is one, else the window's own (components/FileChooser.svelte). It resolves to
 * a path, or to null when the user cancels. The dialog opens in the folder of the last file chosen for that
 * purpose, at first beside the project.
 */
export class ChooserState {
  readonly #lab: LabState;
  readonly #project: ProjectState;
  readonly #folders = new Map<FileDialogRequest['purpose'], string>();
  /** The request that the window's own chooser shows; null: it is closed. */
  request = $state.raw<FileDialogRequest | null>(null);
  #answer: ((path: string | null) => void) | null = null;

  constructor(lab: LabState, project: ProjectState) {
    this.#lab = lab;
    this.#project = project;
  }

  async choose(wanted: Omit<FileDialogRequest, 'folder'>): Promise<string | null> {
    const folder = this.#folders.get(wanted.purpose) ?? folderOf(this.#project.path ?? '');
    const path = await this.#ask({ ...wanted, folder: folder || null });
    if (path !== null) this.#folders.set(wanted.purpose, folderOf(path));
    return path;
  }

  async #ask(request: FileDialogRequest): Promise<string | null> {
    if (this.#lab.description?.dialogs === 'system') return this.#lab.api.showFileDialog(request);
    this.answer(null);
    this.request = request;
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  answer(path: string | null): void {
    this.request = null;
    this.#answer?.(path);
    this.#answer = null;
  }
}

import type { FileDialogRequest } from '../../main/api.ts';
import type { LabState } from './lab.svelte.ts';

/**
 * Choosing a file, whatever the host: `await chooser.choose({ kind: 'open', purpose: 'project', … })` shows the
 * system's dialog where there is one, else the window's own (components/FileChooser.svelte). null: cancelled.
 */
export class ChooserState {
  readonly #lab: LabState;
  /** What the window's own chooser is asked for; null: it is closed. */
  request = $state.raw<FileDialogRequest | null>(null);
  #answer: ((path: string | null) => void) | null = null;

  constructor(lab: LabState) {
    this.#lab = lab;
  }

  async choose(request: FileDialogRequest): Promise<string | null> {
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

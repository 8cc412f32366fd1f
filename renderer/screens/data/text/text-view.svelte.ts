import { type TextTokens, textTokens } from '../../../../engine/data/text-tokens.ts';
import type { ProjectState } from '../../../state/project.svelte.ts';
import type { TextEditor } from './editor/text-editor.ts';
import { cutText, placeOf, type TextCuts } from './text-cuts.ts';

/** The view of a language model's text: how it is cut, and which batch is looked at. */
export class TextView {
  readonly #project: ProjectState;
  showsInvisible = $state(false);
  showsCuts = $state(true);
  /** The editor that shows the text; null: none does. */
  editor = $state.raw<TextEditor | null>(null);
  /** The visible stretch of the text, in code units, and its number of lines. */
  seen = $state.raw({ from: 0, to: 0, lines: 0 });
  #batch = $state(0);
  /** The cursor's place in the text, in code units. */
  cursor = 0;

  constructor(project: ProjectState) {
    this.#project = project;
  }

  #data = $derived.by(() => this.#project.draft!.data);
  tokens: TextTokens = $derived.by(() => textTokens(this.#data.text, this.#data.tokens));
  /**
   * The fraction held back at the end; 0 if validation has a text of its own, since all of this text then
   * trains.
   */
  fraction = $derived.by(() => {
    const held = this.#data.textValidation ?? null;
    return held && 'fraction' in held ? held.fraction : 0;
  });
  cuts: TextCuts = $derived.by(() =>
    cutText(this.tokens.count, {
      fraction: this.fraction,
      batchSize: this.#project.draft!.training.batchSize,
      sequenceLength: this.#data.sequenceLength,
    }),
  );

  /** The shown batch, from 0, limited to the existing ones. */
  get batch(): number {
    return Math.max(0, Math.min(this.#batch, this.cuts.batches - 1));
  }

  set batch(k: number) {
    this.#batch = k;
  }

  /**
   * Shows the batch that reads the token at a code unit of the text. A token that is read nowhere changes
   * nothing.
   */
  lookAt(place: number): void {
    this.cursor = place;
    const { streams, steps } = this.cuts;
    const token = Math.min(this.tokens.indexAt(place), this.tokens.count - 1);
    // The token after the last step, and so the end of the text, belongs to that step as its target.
    const at = placeOf(this.cuts, token === streams * steps ? token - 1 : token);
    if (at.kind === 'stream') this.#batch = at.batch;
  }
}

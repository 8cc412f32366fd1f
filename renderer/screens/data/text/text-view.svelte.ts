import { type TextTokens, textTokens } from '../../../../engine/data/text-tokens.ts';
import type { ProjectState } from '../../../state/project.svelte.ts';
import type { TextEditor } from './editor/text-editor.ts';
import { cutText, placeOf, type TextCuts } from './text-cuts.ts';

/** What the text of a language model shows: how it is cut, and which batch is looked at. */
export class TextView {
  readonly #project: ProjectState;
  showsInvisible = $state(false);
  showsCuts = $state(true);
  /** The field that shows it; null: none does. */
  editor = $state.raw<TextEditor | null>(null);
  /** What is seen of the text, in code units, and its lines. */
  seen = $state.raw({ from: 0, to: 0, lines: 0 });
  #batch = $state(0);
  /** A code unit of the text. */
  cursor = 0;

  constructor(project: ProjectState) {
    this.#project = project;
  }

  #data = $derived.by(() => this.#project.draft!.data);
  tokens: TextTokens = $derived.by(() => textTokens(this.#data.text, this.#data.tokens));
  /** The fraction held back at the end; a validation text of its own leaves the whole text for training. */
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

  /** From 0; within what there is. */
  get batch(): number {
    return Math.max(0, Math.min(this.#batch, this.cuts.batches - 1));
  }

  set batch(k: number) {
    this.#batch = k;
  }

  /** Shows the batch that reads what stands at a code unit of the text; what is read nowhere changes nothing. */
  lookAt(place: number): void {
    this.cursor = place;
    const { streams, steps } = this.cuts;
    const token = Math.min(this.tokens.indexAt(place), this.tokens.count - 1);
    // The one after the last step, and the end of the text behind it, is what that step is to say.
    const at = placeOf(this.cuts, token === streams * steps ? token - 1 : token);
    if (at.kind === 'stream') this.#batch = at.batch;
  }
}

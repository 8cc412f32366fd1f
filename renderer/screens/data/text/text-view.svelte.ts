import { type TextTokens, textTokens } from '../../../../engine/data/text-tokens.ts';
import type { ProjectState } from '../../../state/project.svelte.ts';
import { batchLanes, cutText, placeOf, type TextCuts } from './text-cuts.ts';
import { breakLines } from './text-lines.ts';

/** What the text of a language model shows: how it is cut, its lines, and which batch is looked at. */
export class TextView {
  readonly #project: ProjectState;
  showsInvisible = $state(false);
  showsCuts = $state(true);
  /** Characters that a line has room for. */
  columns = $state(80);
  #batch = $state(0);

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
  lines = $derived.by(() => breakLines(this.tokens, Math.max(16, this.columns)));

  /** From 0; within what there is. */
  get batch(): number {
    return Math.max(0, Math.min(this.#batch, this.cuts.batches - 1));
  }

  set batch(k: number) {
    this.#batch = k;
  }

  /** Shows the batch that reads token i; what is read nowhere changes nothing. */
  lookAt(i: number): void {
    const place = placeOf(this.cuts, i);
    if (place.kind === 'stream') this.#batch = place.batch;
  }

  lanes = $derived.by(() => batchLanes(this.tokens, this.cuts, this.batch, LANES, COLUMNS));
}

/** What a batch shows at most: more than a screen holds, little enough to draw at once. */
const LANES = 16;
const COLUMNS = 128;

import type { SequenceDataset, SequenceExperiment } from '../../../engine/model/experiment.ts';
import {
  type DataSizes,
  directions,
  type ModelSpec,
  type ParameterShape,
  parameterShapes,
} from '../../../engine/model/spec.ts';
import type { Question } from '../../../engine/questions.ts';
import type { Moment, RunSummary } from '../../../main/api.ts';
import type { Asked, Wanted } from '../../state/asked.svelte.ts';
import type { WindowState } from '../../state/context.ts';
import type { Cursor } from '../../state/cursor.svelte.ts';
import type { HandEdits } from '../../state/hand-edits.svelte.ts';
import type { LookedAt } from '../../state/looked-at.svelte.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import type { RunState } from '../../state/run.svelte.ts';
import { type RunSample, readSample, sampleCount, sampleSource } from '../../state/run-samples.ts';
import { t } from '../../text/text.svelte.ts';
import { Notes } from './numbers/notes.svelte.ts';

/** The most samples that a list of choices holds. */
const mostListed = 1000;

/** One direction of one layer. */
export interface DirectionPlace {
  layer: number;
  reverse: boolean;
}

/** Why there is nothing to look into; null: there is something. */
export type Emptiness = 'no-run' | 'shapes' | 'no-epoch' | 'loading' | null;

/**
 * What all tabs of Inspect share: the run on screen, the moment and the sample that are looked at, and the
 * one cursor, limited to what this run has. Epoch e of Step through is the pass that epoch e trained; the
 * other tabs show the weights after it.
 */
export class InspectState {
  readonly window: WindowState;
  readonly project: ProjectState;
  readonly run: RunState;
  readonly look: LookedAt;
  readonly cursor: Cursor;
  readonly edits: HandEdits;
  readonly notes = new Notes();

  constructor(window: WindowState) {
    this.window = window;
    this.project = window.project;
    this.run = window.run;
    this.look = window.look;
    this.cursor = window.cursor;
    this.edits = window.edits;
  }

  summary: RunSummary | null = $derived.by(() => this.run.summary);
  experiment: SequenceExperiment | null = $derived.by(() => {
    const { experiment } = this.run;
    return experiment && experiment.dataset.task !== 'shapes' ? (experiment as SequenceExperiment) : null;
  });
  dataset: SequenceDataset | null = $derived.by(() => this.experiment?.dataset ?? null);
  model: ModelSpec | null = $derived.by(() => this.experiment?.model ?? null);
  sizes: DataSizes = $derived.by(() => ({
    inputSize: this.dataset?.vocabulary.length ?? 0,
    outputSize: this.dataset?.targetVocabulary.length ?? 0,
  }));
  /** Every parameter of the model, in the order of the state dict. */
  parameters: ParameterShape[] = $derived.by(() =>
    this.model ? parameterShapes(this.model, this.sizes) : [],
  );
  vocabulary: readonly string[] = $derived.by(() => this.dataset?.vocabulary ?? []);
  targetVocabulary: readonly string[] = $derived.by(() => this.dataset?.targetVocabulary ?? []);
  emptiness: Emptiness = $derived.by(() => {
    const summary = this.summary;
    if (summary === null) return this.project.draft?.data.task === 'shapes' ? 'shapes' : 'no-run';
    if (summary.kind === 'shapes') return 'shapes';
    if (summary.progress.epoch === 0) return 'no-epoch';
    return this.experiment === null ? 'loading' : null;
  });

  /** The epoch that is looked at; the newest where none is. */
  epoch: number = $derived.by(() => this.look.epoch ?? this.summary?.progress.epoch ?? 0);
  lastEpoch: number = $derived.by(() => this.summary?.progress.epoch ?? 0);
  isRunning: boolean = $derived.by(() => this.summary?.state.status === 'running');
  isLive: boolean = $derived.by(() => this.isRunning && this.look.epoch === null);
  /** At which weights the run is asked; null while the epoch that is looked at is being replayed. */
  moment: Moment | null = $derived.by(() =>
    this.look.epoch === null || this.look.view ? this.look.moment : null,
  );

  /**
   * Asks the run at the moment that is looked at, with the weights set by hand; to be called in an effect. While that
   * moment is being replayed the last answer stays.
   *
   * @param subject what the question is about: answers to one subject replace each other.
   */
  ask<Kind extends Question['kind']>(
    asked: Asked<Kind>,
    subject: readonly unknown[],
    question: Wanted<Kind>['question'] | null,
  ): void {
    const { moment, summary } = this;
    if (moment === null) {
      asked.hold(summary?.id ?? null, JSON.stringify(subject));
      return;
    }
    const weights = [...this.edits.values];
    asked.follow(
      summary === null || question === null || this.emptiness !== null
        ? null
        : { run: summary, at: moment, weights, subject: JSON.stringify(subject), question },
    );
  }

  #source = $derived.by(() =>
    this.experiment ? sampleSource(this.experiment.dataset, this.experiment.training.batchSize) : null,
  );
  sampleCount: number = $derived.by(() => (this.#source ? sampleCount(this.#source) : 0));
  sampleIndex: number = $derived.by(() => Math.min(this.cursor.sample, Math.max(0, this.sampleCount - 1)));
  sample: RunSample | null = $derived.by(() =>
    this.#source && this.sampleCount > 0 ? readSample(this.#source, this.sampleIndex) : null,
  );
  /** A sample by its index, from 0. */
  sampleAt(index: number): RunSample {
    return this.#source ? readSample(this.#source, index) : { input: [], target: [], length: 0 };
  }
  /** Tokens joined as a question takes them. */
  joined(tokens: readonly string[]): string {
    return tokens.join(this.dataset?.tokens === 'spaces' ? ' ' : '');
  }
  /** A sample of the run; its index is from 0 and below `sampleCount`. */
  readSample(index: number): RunSample {
    return readSample(this.#source!, index);
  }
  /** A sample's texts as a question takes them; the target of a language model is its own input. */
  pairOf({ input, target }: RunSample): { input: string; target: string } {
    const isOwnTarget = this.dataset?.task === 'language-model';
    // A language model's question holds the last target too: it is the token after the last input.
    const last = isOwnTarget ? target.slice(-1) : [];
    return { input: this.joined([...input, ...last]), target: isOwnTarget ? '' : this.joined(target) };
  }
  /** The chosen sample's texts. */
  pair: { input: string; target: string } = $derived.by(() =>
    this.sample ? this.pairOf(this.sample) : { input: '', target: '' },
  );
  /** Tokens of a text that was opened from Try it; null: the chosen sample is shown. */
  tried: readonly string[] | null = $derived.by(() => {
    const { tried } = this.cursor;
    const isHere = tried?.runId === this.summary?.id && tried?.sample === this.sampleIndex;
    return tried && isHere ? tried.tokens : null;
  });
  /** Shows the pass over a language model's text in Step through; its last token is only predicted. */
  openStep(tokens: readonly string[], t: number): void {
    const { cursor, summary } = this;
    if (!summary || tokens.length < 2) return;
    cursor.tried = { runId: summary.id, sample: this.sampleIndex, tokens };
    cursor.phase = 'forward';
    cursor.t = t;
    cursor.tab = 'step';
  }

  /** `1 · hello → ohlol`, as many as a list takes. */
  sampleNames: string[] = $derived.by(() => {
    const source = this.#source;
    if (!source) return [];
    return Array.from({ length: Math.min(this.sampleCount, mostListed) }, (_, index) => {
      const { input, target } = readSample(source, index);
      const cut = (tokens: readonly string[]) => {
        const text = this.joined(tokens.slice(0, 13));
        return text.length > 12 ? `${text.slice(0, 11)}…` : text;
      };
      const to = this.dataset?.task === 'language-model' ? '' : ` → ${cut(target)}`;
      return `${index + 1} · ${cut(input)}${to}`;
    });
  });

  /** Directions of layers in the order of traces. */
  directions: DirectionPlace[] = $derived.by(() => {
    const { model } = this;
    if (!model) return [];
    return Array.from({ length: model.numLayers }, (_, layer) =>
      (directions(model) === 2 ? [false, true] : [false]).map((reverse) => ({ layer, reverse })),
    ).flat();
  });
  /** The index in `directions` of the one that the cursor is on. */
  directionIndex: number = $derived.by(() => {
    const { layer, reverse } = this.cursor;
    const found = this.directions.findIndex((one) => one.layer === layer && one.reverse === reverse);
    return found === -1 ? 0 : found;
  });
  direction: DirectionPlace = $derived.by(
    () => this.directions[this.directionIndex] ?? { layer: 0, reverse: false },
  );
  /** Goes to the next layer or direction, or with −1 to the one before; after the last comes the first. */
  turnDirection(by: 1 | -1): void {
    const next = this.directions.at((this.directionIndex + by) % Math.max(1, this.directions.length));
    if (next) this.cursor.chooseDirection(next.layer, next.reverse);
  }
  unit: number = $derived.by(() =>
    Math.min(this.cursor.unit, Math.max(0, (this.model?.hiddenSize ?? 1) - 1)),
  );
  /**
   * Names of the units of a direction: the output tokens where h itself is the logits, else their numbers.
   */
  unitNames({ layer, reverse }: DirectionPlace): string[] {
    const { model } = this;
    if (!model) return [];
    const isLogits = model.head === 'none' && layer === model.numLayers - 1;
    const first = reverse ? model.hiddenSize : 0;
    return Array.from({ length: model.hiddenSize }, (_, unit) =>
      isLogits ? (this.targetVocabulary[first + unit] ?? String(unit)) : String(unit),
    );
  }
  /** `layer 1, reverse` where there are several; nothing for a single one. */
  directionName({ layer, reverse }: DirectionPlace): string {
    const { model } = this;
    if (!model || this.directions.length < 2) return '';
    const both = model.bidirectional;
    if (model.numLayers === 1) return t(reverse ? 'inspect_reverse' : 'inspect_forward');
    const name = t('inspect_layer_n', { layer });
    return both ? `${name}, ${t(reverse ? 'inspect_reverse' : 'inspect_forward')}` : name;
  }

  /** Where a pinned or copied number belongs. */
  context: string = $derived.by(() =>
    t('inspect_context', { run: this.summary?.number ?? 0, epoch: this.epoch, sample: this.sampleIndex + 1 }),
  );
}

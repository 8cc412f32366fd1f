import { splitSamples } from '../../../../engine/data/validation.ts';
import type { Sample } from '../../../../engine/model/experiment.ts';
import { Asked } from '../../../state/asked.svelte.ts';
import type { TrainState } from '../train-state.svelte.ts';
import { confusion, type LabelPair, labelRows, rowsOfPair } from './label-board.ts';

/** The most samples asked about at once; a board is for reading, not for searching. */
const mostSamples = 2000;

/**
 * What a label task's board and table show: the training or the validation samples, at the epoch that is
 * looked at.
 */
export class LabelState {
  readonly #train: TrainState;
  readonly #asked: Asked<'evaluate'>;
  part = $state<'train' | 'validation'>('train');
  /** Shows only rows with this target and this prediction; null: all rows. */
  pair = $state.raw<LabelPair | null>(null);

  constructor(train: TrainState) {
    this.#train = train;
    this.#asked = new Asked(train.run, 'evaluate');
  }

  #split = $derived.by(() => (this.#train.dataset ? splitSamples(this.#train.dataset) : null));
  hasValidation = $derived.by(() => (this.#split?.validation.length ?? 0) > 0);
  /** All samples of the part. Those that the engine is asked about come first. */
  samples: Sample[] = $derived.by(() => {
    if (this.#split === null) return [];
    return this.part === 'validation' && this.hasValidation ? this.#split.validation : this.#split.training;
  });
  isOfTraining = $derived.by(() => this.part === 'train' || !this.hasValidation);
  labels: readonly string[] = $derived.by(() => this.#train.dataset?.targetVocabulary ?? []);
  epoch = $derived.by(() => this.#asked.epoch);
  shown = $derived.by(() => this.#asked.answer?.says.length ?? 0);
  rows = $derived.by(() =>
    this.#asked.answer ? labelRows(this.samples, this.labels, this.#asked.answer) : [],
  );
  visible = $derived.by(() => rowsOfPair(this.rows, this.pair));
  right = $derived.by(() => this.rows.reduce((count, { right }) => count + (right ? 1 : 0), 0));
  confusion = $derived.by(() =>
    this.#asked.answer ? confusion(this.#asked.answer, this.labels.length) : null,
  );

  /** To be called whenever the run, its epoch or the part changes. */
  follow(): void {
    const { run, moment } = this.#train;
    const samples = this.samples;
    // The old rows stay until the epoch that is looked at has been replayed.
    if (moment === null) return;
    if (run.summary === null || samples.length === 0) {
      this.#asked.follow(null);
      return;
    }
    this.#asked.follow({
      run: run.summary,
      at: moment,
      subject: this.isOfTraining ? 'train' : 'validation',
      question: () => ({
        samples: samples.slice(0, mostSamples).map(({ input, target = '' }) => ({ input, target })),
      }),
    });
  }

  choosePart(part: 'train' | 'validation'): void {
    this.part = part;
    this.pair = null;
  }

  choosePair(pair: LabelPair): void {
    const isChosen = this.pair?.target === pair.target && this.pair.says === pair.says;
    this.pair = isChosen ? null : pair;
  }
}

import { splitSamples } from '../../../../engine/data/validation.ts';
import type { Sample } from '../../../../engine/model/experiment.ts';
import { Asked } from '../../../state/asked.svelte.ts';
import type { TrainState } from '../train-state.svelte.ts';
import { confusion, type LabelPair, labelRows, rowsOfPair } from './label-board.ts';

/** As many samples are asked at once; a board is read, not searched. */
const mostSamples = 2000;

/** What a label task's board and table show: of the training samples or of those held back, at the epoch looked at. */
export class LabelState {
  readonly #train: TrainState;
  readonly #asked: Asked<'evaluate'>;
  part = $state<'train' | 'validation'>('train');
  /** Only what is this and is called that; null: all. */
  pair = $state.raw<LabelPair | null>(null);

  constructor(train: TrainState) {
    this.#train = train;
    this.#asked = new Asked(train.run, 'evaluate');
  }

  #split = $derived.by(() => (this.#train.dataset ? splitSamples(this.#train.dataset) : null));
  hasValidation = $derived.by(() => (this.#split?.validation.length ?? 0) > 0);
  /** All of the part; as many as are asked come first. */
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

  /** To be called whenever the run, its epoch or the part change. */
  follow(): void {
    const { run, moment } = this.#train;
    const samples = this.samples;
    // What is shown stays until an epoch that is looked at has been replayed.
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

import type { Scale } from '../../charts/loss-axis.ts';
import type { LookedAt } from '../../state/looked-at.svelte.ts';

/** What the train screen shows of a run: one cursor for every chart, the board and the map. Nothing is stored. */
export class TrainView {
  readonly #look: LookedAt;
  /** Under the pointer, or where the keys stand. */
  hovered = $state<number | null>(null);
  /** The board scrolls along with the run. */
  follow = $state(true);
  /** Place of the sample that the board shows. */
  sample = $state(0);
  /** Of a sample with more steps than fit: those that differ, or all by a scroll bar. */
  columns = $state<'differs' | 'all'>('differs');
  scale = $state<Scale>('linear');
  /** Epochs stand at their logarithms. */
  logEpochs = $state(false);
  /** β of the moving average that the loss is drawn with; 0: as it is. */
  smoothing = $state(0);
  /** The run before stays as a ghost. */
  showsGhost = $state(true);
  /** What the smallest chart draws. */
  third = $state<'gradNorm' | 'lr'>('gradNorm');
  /** The step whose accuracy is drawn, from 0; null: of all together. */
  rightAt = $state<number | null>(null);
  /** The numbers of all epochs as a table. */
  tableOpen = $state(false);
  /** How many epochs of a table of numbers have been fetched; null: none is being made. */
  saving = $state.raw<{ done: number; of: number } | null>(null);
  /** First and last epoch that the charts show; null: all that are planned. */
  zoom = $state.raw<[number, number] | null>(null);

  constructor(look: LookedAt) {
    this.#look = look;
  }

  /** Chosen by a press: what the window looks at; null: the newest. */
  get picked(): number | null {
    return this.#look.epoch;
  }

  /** The epoch that everything speaks of; null before the first. */
  epoch(last: number): number | null {
    if (last === 0) return null;
    return Math.min(last, this.hovered ?? this.picked ?? last);
  }

  hover = (epoch: number | null): void => {
    this.hovered = epoch;
  };

  /** Looks at an epoch, or lets it go if it is the one that is looked at. */
  pick = (epoch: number): void => {
    if (this.picked === epoch) this.#look.back();
    else this.#look.at(epoch);
  };

  /** To the newest. */
  letGo = (): void => {
    this.hovered = null;
    this.#look.back();
  };

  zoomTo = (range: [number, number] | null): void => {
    this.zoom = range;
  };

  /** Another run has other epochs. */
  leaveRun(): void {
    this.hovered = null;
    this.zoom = null;
    this.sample = 0;
    this.rightAt = null;
    this.follow = true;
  }
}

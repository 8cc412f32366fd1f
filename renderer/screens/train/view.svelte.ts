import type { Scale } from '../../charts/loss-axis.ts';
import type { LookedAt } from '../../state/looked-at.svelte.ts';

/**
 * What the train screen shows of a run: one cursor for every chart, the board and the map. Nothing of it is
 * stored.
 */
export class TrainView {
  readonly #look: LookedAt;
  /** The epoch under the pointer, or the one that the keys have reached. */
  hovered = $state<number | null>(null);
  /** Whether the board scrolls along with the run. */
  follow = $state(true);
  /** Which columns of a sample with more steps than fit: those that differ, or all with a scroll bar. */
  columns = $state<'differs' | 'all'>('differs');
  scale = $state<Scale>('linear');
  /** Whether epochs are placed by their logarithms. */
  logEpochs = $state(false);
  /** β of the moving average with which the loss is drawn; 0: no smoothing. */
  smoothing = $state(0);
  /** Whether the run before is drawn as a ghost. */
  showsGhost = $state(true);
  /** What the smallest chart draws. */
  third = $state<'gradNorm' | 'lr'>('gradNorm');
  /** The step whose accuracy is drawn, from 0; null: the accuracy of all steps. */
  rightAt = $state<number | null>(null);
  /** The first and last epoch that the charts show; null: all planned epochs. */
  zoom = $state.raw<[number, number] | null>(null);

  constructor(look: LookedAt) {
    this.#look = look;
  }

  /** The epoch chosen by a press, which the window looks at; null: the newest. */
  get picked(): number | null {
    return this.#look.epoch;
  }

  /** The epoch that everything refers to; null before the first. */
  epoch(last: number): number | null {
    if (last === 0) return null;
    return Math.min(last, this.hovered ?? this.picked ?? last);
  }

  hover = (epoch: number | null): void => {
    this.hovered = epoch;
  };

  /** Looks at an epoch; goes back to the newest if that epoch is looked at already. */
  pick = (epoch: number): void => {
    if (this.picked === epoch) this.#look.back();
    else this.#look.at(epoch);
  };

  /** Goes back to the newest epoch. */
  letGo = (): void => {
    this.hovered = null;
    this.#look.back();
  };

  zoomTo = (range: [number, number] | null): void => {
    this.zoom = range;
  };

  /** Resets the view, since another run has other epochs. */
  leaveRun(): void {
    this.hovered = null;
    this.zoom = null;
    this.rightAt = null;
    this.follow = true;
  }
}

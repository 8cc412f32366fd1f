/** The parts of a training pass, in order. */
export const phases = ['forward', 'loss', 'backward', 'update'] as const;
export type Phase = (typeof phases)[number];

/** The tabs of Inspect in order; screens/inspect/tabs.ts maps each to its component. */
export const tabNames = ['step', 'time', 'gradients', 'path', 'weights', 'try'] as const;
export type TabName = (typeof tabNames)[number];

/** One number of one parameter. */
export interface WeightPlace {
  /** Key of the state dict. */
  key: string;
  /** Row-major index, from 0. */
  index: number;
}

/**
 * Where the window looks inside a run: one cursor for Train's boards and all tabs of Inspect. The run is
 * RunState's, the epoch LookedAt's. All counts are from 0 and may lie beyond the run on screen: whoever
 * draws limits them, so that the cursor is where it was when another run comes back.
 */
export class Cursor {
  tab = $state<TabName>('step');
  /** Index of the sample, or of the stream of a text. */
  sample = $state(0);
  /** A text that Step through shows in place of this sample of this run. */
  tried = $state.raw<{ runId: string; sample: number; tokens: readonly string[] } | null>(null);
  /** Batch of the epoch whose pass is stepped through. */
  batch = $state(0);
  phase = $state<Phase>('forward');
  /** Time step. */
  t = $state(0);
  layer = $state(0);
  reverse = $state(false);
  unit = $state(0);
  /** Name of the gate whose sums are shown; one that the cell does not have stands for its first. */
  gate = $state('');
  /** The weight that Update, Weights and the sums show; null: the one that follows from the unit. */
  weight = $state.raw<WeightPlace | null>(null);

  chooseDirection(layer: number, reverse: boolean): void {
    this.layer = layer;
    this.reverse = reverse;
  }
}

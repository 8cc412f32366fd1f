import { type CellName, cellTitle } from '../../../../engine/model/spec.ts';
import type { GradientMap, Influence } from '../../../../engine/questions.ts';
import type { RunSummary } from '../../../../main/api.ts';
import { Asked } from '../../../state/asked.svelte.ts';
import type { InspectState } from '../inspect-state.svelte.ts';
import type { MatrixView } from '../numbers/matrix-view.ts';
import {
  chooseLosses,
  inputCellName,
  normMatrix,
  type PowerScale,
  powerScale,
  stateCellName,
} from './gradient-view.ts';
import { kinCells, kinOf } from './kin.ts';

/** The map of one cell's run. */
export interface CellMapView {
  cell: CellName;
  title: string;
  run: RunSummary | null;
  isOwn: boolean;
  /** After which epoch of that run; null: no answer has come. */
  epoch: number | null;
  /** By loss and step, [K, T]; null: there is none. */
  norms: Float32Array | null;
  matrix: MatrixView | null;
}

/** What Gradients asks of the run on screen and of its kin, and what is drawn of it. */
export class GradientsState {
  readonly inspect: InspectState;
  readonly maps: Record<CellName, Asked<'gradient-map'>>;
  readonly influences: Asked<'influence'>;
  /** The loss that is looked at, from 0; null: the last one. */
  #loss = $state<number | null>(null);

  constructor(inspect: InspectState) {
    this.inspect = inspect;
    const map = () => new Asked(inspect.run, 'gradient-map');
    this.maps = { rnn: map(), gru: map(), lstm: map() };
    this.influences = new Asked(inspect.run, 'influence');
  }

  steps: number = $derived.by(() => this.inspect.sample?.input.length ?? 0);
  lossCount: number = $derived.by(() => this.inspect.sample?.target.length ?? 0);
  /** The losses whose gradients are shown, from 0. */
  losses: number[] = $derived.by(() => chooseLosses(this.lossCount));
  /** The row of the chosen loss. */
  row: number = $derived.by(() => {
    const last = Math.max(0, this.losses.length - 1);
    return this.#loss === null ? last : Math.min(this.#loss, last);
  });
  /** The chosen loss, from 0. */
  loss: number = $derived.by(() => this.losses[this.row] ?? 0);
  t: number = $derived.by(() => Math.min(this.inspect.cursor.t, Math.max(0, this.steps - 1)));

  choose(row: number, t: number): void {
    this.#loss = row;
    this.inspect.cursor.t = t;
  }

  kin: Record<CellName, RunSummary | null> = $derived.by(() => {
    const { summary, project } = this.inspect;
    return summary ? kinOf(summary, project.runs) : { rnn: null, gru: null, lstm: null };
  });
  missing: CellName[] = $derived.by(() => kinCells.filter((cell) => this.kin[cell] === null));

  /** To be called in an effect. */
  ask(): void {
    const { inspect, losses } = this;
    const { pair, summary, look } = inspect;
    const question = () => ({ ...pair, steps: losses });
    const subject = [pair, losses];
    const asks = losses.length > 0 ? question : null;
    inspect.ask(this.influences, subject, asks);
    for (const cell of kinCells) {
      const run = this.kin[cell];
      if (run === null) this.maps[cell].follow(null);
      else if (run.id === summary?.id) inspect.ask(this.maps[cell], subject, asks);
      else {
        const at = look.epoch === null ? 'now' : Math.min(look.epoch, run.progress.epoch);
        this.maps[cell].follow(asks && { run, at, subject: JSON.stringify(subject), question: asks });
      }
    }
  }

  /** Whether a loss depends on a step's state or input at all. */
  depends = (k: number, t: number): boolean =>
    this.inspect.model?.bidirectional === true || this.lossCount !== this.steps || t <= k;

  #normsOf(maps: GradientMap[] | null): Float32Array | null {
    const { direction } = this.inspect;
    const map = maps?.find(
      ({ layer, reverse }) => layer === direction.layer && reverse === direction.reverse,
    );
    // The answer is to the question before: other losses or steps.
    return map && map.norms.length === this.losses.length * this.steps ? map.norms : null;
  }
  #norms = $derived.by(() => ({
    rnn: this.#normsOf(this.maps.rnn.answer),
    gru: this.#normsOf(this.maps.gru.answer),
    lstm: this.#normsOf(this.maps.lstm.answer),
  }));
  /** One scale for the maps of all cells. */
  scale: PowerScale = $derived.by(() =>
    powerScale(...Object.values(this.#norms).filter((norms) => norms !== null)),
  );
  views: CellMapView[] = $derived.by(() =>
    kinCells.map((cell): CellMapView => {
      const run = this.kin[cell];
      const norms = this.#norms[cell];
      const title = cellTitle(cell);
      const shared = { losses: this.losses, steps: this.steps, depends: this.depends, scale: this.scale };
      const context = `${title} · ${this.inspect.context}`;
      return {
        ...{ cell, title, run, norms, epoch: this.maps[cell].epoch },
        isOwn: run !== null && run.id === this.inspect.summary?.id,
        matrix: norms && normMatrix({ name: title, norms, cellName: stateCellName, context, ...shared }),
      };
    }),
  );

  influence: Influence | null = $derived.by(() => {
    const { answer } = this.influences;
    return answer && answer.norms.length === this.losses.length * this.steps ? answer : null;
  });
  influenceScale: PowerScale = $derived.by(() => powerScale(this.influence?.norms ?? []));
  influenceMatrix: MatrixView | null = $derived.by(() => {
    const { influence } = this;
    if (!influence) return null;
    const { losses, steps, depends, influenceScale: scale } = this;
    return normMatrix({
      ...{
        name: '‖∂L/∂x ∘ x‖',
        norms: influence.norms,
        cellName: inputCellName,
        context: this.inspect.context,
      },
      ...{ losses, steps, depends, scale },
    });
  });

  /** The norms of the chosen loss at every step, [T]; null: there are none. */
  lineOf({ norms }: CellMapView): Float32Array | null {
    return norms?.subarray(this.row * this.steps, (this.row + 1) * this.steps) ?? null;
  }
}

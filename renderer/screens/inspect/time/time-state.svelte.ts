import type { Prediction, Trace } from '../../../../engine/questions.ts';
import { Asked } from '../../../state/asked.svelte.ts';
import type { RunSample } from '../../../state/run-samples.ts';
import type { InspectState } from '../inspect-state.svelte.ts';
import { subscript } from '../numbers/number-scale.ts';
import {
  DirectionQuantities,
  type Quantity,
  type QuantityName,
  storyOf,
  strips,
  unitQuantities,
} from './quantities.ts';
import { chooseSamples, lineNames } from './unit-lines.ts';
import { orderUnits, type UnitOrder } from './unit-order.ts';

/** A trace with the sample that it is of. */
interface Traced {
  runId: string;
  trace: Trace;
  sample: RunSample;
}

/** What Over time asks, and what of it is drawn. */
export class TimeState {
  readonly inspect: InspectState;
  readonly traced: Asked<'trace'>;
  readonly lines: Asked<'unit'>;
  order = $state<UnitOrder>('variance');
  /** The quantity of the unit that is drawn over all samples; one that the cell does not have stands for its state. */
  what = $state<QuantityName>('h');
  /** The last trace that came. */
  #last = $state.raw<Traced | null>(null);
  /** The rows' order that was drawn last, and what it is of. */
  #ordered = $state.raw<{ of: string; rows: number[] } | null>(null);

  constructor(inspect: InspectState) {
    this.inspect = inspect;
    this.traced = new Asked(inspect.run, 'trace');
    this.lines = new Asked(inspect.run, 'unit');
    if (inspect.model?.cell === 'lstm') this.what = 'c';
  }

  /** To be called in an effect. */
  askTrace(): void {
    const { sample, inspect } = this;
    const input = sample ? inspect.joined(sample.input) : '';
    inspect.ask(this.traced, [input], sample ? () => ({ input }) : null);
  }

  /** To be called in an effect, after `askTrace`. */
  keep(): void {
    const { answer } = this.traced;
    const { summary } = this.inspect;
    if (answer && summary && this.sample)
      this.#last = { runId: summary.id, trace: answer, sample: this.sample };
    this.#ordered = { of: this.#orderOf, rows: this.rows };
  }

  /** To be called in an effect. */
  askLines(): void {
    const { inspect, lineSamples, chosen } = this;
    const { unit, direction } = inspect;
    const inputs = lineSamples.map((index) => inspect.joined(inspect.sampleAt(index).input));
    const question = { inputs, ...direction, unit, what: chosen };
    inspect.ask(this.lines, [question], inputs.length > 0 ? () => question : null);
  }

  sample: RunSample | null = $derived.by(() => this.inspect.sample);
  /** What is drawn: the newest trace; until it has come, the one before. */
  shown: Traced | null = $derived.by(() =>
    this.#last?.runId === this.inspect.summary?.id && this.traced.problem === null ? this.#last : null,
  );
  isPale: boolean = $derived.by(() => this.traced.answer === null);
  tokens: readonly string[] = $derived.by(() => this.shown?.sample.input ?? []);
  prediction: Prediction | null = $derived.by(() => this.shown?.trace.prediction ?? null);
  steps: number = $derived.by(() => this.tokens.length);
  t: number = $derived.by(() => Math.min(this.inspect.cursor.t, Math.max(0, this.steps - 1)));
  unitNames: string[] = $derived.by(() => this.inspect.unitNames(this.inspect.direction));

  quantities: DirectionQuantities | null = $derived.by(() => {
    const { model, directionIndex } = this.inspect;
    const direction = this.shown?.trace.directions[directionIndex];
    return model && direction ? new DirectionQuantities(direction, model, this.unitNames) : null;
  });
  /** Row by row in two columns; null: the probabilities. */
  strips: (Quantity | null)[] = $derived.by(() => {
    const { quantities, inspect } = this;
    if (!quantities || !inspect.model) return [];
    return strips[inspect.model.cell].map((what) =>
      what === null ? null : quantities.get(what as QuantityName),
    );
  });
  #orderOf: string = $derived.by(() =>
    JSON.stringify([this.shown?.runId, this.inspect.directionIndex, this.order]),
  );
  /** Units in the order of their rows, the same in all strips. While the run trains rows keep their places. */
  rows: number[] = $derived.by(() => {
    const { quantities, inspect, shown, order } = this;
    if (inspect.isLive && this.#ordered?.of === this.#orderOf) return this.#ordered.rows;
    const direction = shown?.trace.directions[inspect.directionIndex];
    if (!quantities || !direction) return [];
    return orderUnits(direction.c ?? direction.h, quantities.units, order);
  });

  /** The quantities of a unit that can be asked for. */
  choices: QuantityName[] = $derived.by(() => unitQuantities[this.inspect.model?.cell ?? 'rnn']);
  chosen: QuantityName = $derived.by(() => (this.choices.includes(this.what) ? this.what : 'h'));
  /** The chosen quantity at the cursor and the one it goes with. */
  story: Quantity[] = $derived.by(() => {
    const { quantities, inspect, chosen } = this;
    return quantities && inspect.model
      ? storyOf(inspect.model.cell, chosen).map((what) => quantities.get(what))
      : [];
  });

  /** Numbers from 0 of the samples whose lines are drawn. */
  lineSamples: number[] = $derived.by(() => {
    const { inspect } = this;
    const weights = inspect.parameters.reduce(
      (total, { shape }) => total + shape.reduce((size, length) => size * length, 1),
      0,
    );
    const steps = this.sample?.input.length ?? 0;
    return chooseSamples(inspect.sampleCount, inspect.sampleIndex, weights * steps);
  });
  lineNames: string[] = $derived.by(() =>
    lineNames(
      this.lineSamples.map((index) => this.inspect.sampleAt(index)),
      this.lineSamples,
    ),
  );

  /** Which prediction belongs to a step; null: none is made there. */
  predictionAt(t: number): number | null {
    if (!this.prediction || !this.shown) return null;
    const K = this.prediction.predictedTokens.length;
    if (K === this.steps) return t;
    return t === this.steps - 1 ? 0 : null;
  }
  /** The token that is said at a step, and whether it is the target; null where none is. */
  saidAt(t: number): { token: string; isRight: boolean } | null {
    const k = this.predictionAt(t);
    if (k === null) return null;
    const token = this.prediction!.predictedTokens[k]!;
    return { token, isRight: token === this.shown!.sample.target[k] };
  }
  /** The likeliest tokens at a step. */
  likeliest(
    t: number,
    count: number,
  ): { token: string; probability: number; name: string; isTarget: boolean }[] {
    const k = this.predictionAt(t);
    if (k === null) return [];
    const { targetVocabulary } = this.inspect;
    const V = targetVocabulary.length;
    const p = this.prediction!.probabilities.subarray(k * V, (k + 1) * V);
    return Array.from(p, (_, i) => i)
      .sort((a, b) => p[b]! - p[a]! || a - b)
      .slice(0, count)
      .map((i) => ({
        token: targetVocabulary[i]!,
        probability: p[i]!,
        name: `p${subscript(t + 1)}[${targetVocabulary[i]}]`,
        isTarget: targetVocabulary[i] === this.shown!.sample.target[k],
      }));
  }
}

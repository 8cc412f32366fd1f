import { parameterCount } from '../../../../engine/model/spec.ts';
import type { Evaluation } from '../../../../engine/questions.ts';
import { readNumber } from '../../../components/number-text.ts';
import { Asked } from '../../../state/asked.svelte.ts';
import type { WeightPlace } from '../../../state/cursor.svelte.ts';
import { t } from '../../../text/text.svelte.ts';
import type { InspectState } from '../inspect-state.svelte.ts';
import type { NumberNote } from '../numbers/notes.svelte.ts';
import { type NumberScale, quantileScale } from '../numbers/number-scale.ts';
import { asWeight, isSameSteps, sweepRange, type Totals, totalsOf } from './hand/effects.ts';
import { chooseProbes, type Probe, probeLimits } from './hand/probe.ts';
import {
  type FoundWeight,
  findWeight,
  type WeightBlock,
  type WeightGroup,
  weightAt,
  weightGroups,
  weightName,
} from './maps/weight-groups.ts';

/** Values of one weight that are tried. */
export const sweepPoints = 81;
/** Up to this hidden size the effects follow while a hand still moves; above, when it lets go. */
const followsUpTo = 16;

/** What the tab Weights shows: the run's numbers, those of a hand on top of them, and what follows from them. */
export class WeightsState {
  readonly inspect: InspectState;
  readonly tensors: Asked<'weights'>;
  readonly #before: Asked<'evaluate'>;
  readonly #after: Asked<'evaluate'>;
  readonly sweep: Asked<'weight-sweep'>;
  /** The value under a hand that has not let go yet; null: none. */
  #held = $state.raw<number | null>(null);
  /** What is being typed as the value; null: nothing. */
  typed = $state<string | null>(null);
  /** Why what was typed is no value. */
  typedProblem = $state<string | null>(null);

  constructor(inspect: InspectState) {
    this.inspect = inspect;
    const api = { askRun: inspect.run.askRun };
    this.tensors = new Asked(api, 'weights');
    this.#before = new Asked(api, 'evaluate');
    this.#after = new Asked(api, 'evaluate');
    this.sweep = new Asked(api, 'weight-sweep');
  }

  groups: WeightGroup[] = $derived.by(() => {
    const { model, sizes, vocabulary, targetVocabulary } = this.inspect;
    return model ? weightGroups(model, sizes, { vocabulary, targetVocabulary }) : [];
  });
  /** The chosen weight. */
  found: FoundWeight | null = $derived.by(() => {
    const { cursor, direction, unit } = this.inspect;
    return findWeight(this.groups, cursor.weight, { ...direction, unit });
  });
  name: string = $derived.by(() => (this.found ? weightName(this.found) : ''));

  /** Values set by hand by their keys. */
  #byHand = $derived.by(() => {
    const all = new Map<string, Map<number, number>>();
    for (const { key, index, value } of this.inspect.edits.values) {
      if (!all.has(key)) all.set(key, new Map());
      all.get(key)!.set(index, Math.fround(value));
    }
    return all;
  });
  /** The run's own value; null: not answered yet. */
  trainedAt(key: string, index: number): number | null {
    return this.tensors.answer?.[key]?.data[index] ?? null;
  }
  isEdited(key: string, index: number): boolean {
    return this.#byHand.get(key)?.has(index) ?? false;
  }
  /** The value that the network is looked at with. */
  valueAt(key: string, index: number): number | null {
    return this.reader(key)(index);
  }
  /** The same for many places of one parameter: what it depends on is read once. */
  reader(key: string): (index: number) => number | null {
    const data = this.tensors.answer?.[key]?.data;
    const byHand = this.#byHand.get(key);
    const held = this.#held;
    const at = held !== null && this.found?.block.key === key ? this.found.index : -1;
    return (index) => (index === at ? held : (byHand?.get(index) ?? data?.[index] ?? null));
  }
  trained: number | null = $derived.by(() =>
    this.found ? this.trainedAt(this.found.block.key, this.found.index) : null,
  );
  value: number | null = $derived.by(() =>
    this.found ? this.valueAt(this.found.block.key, this.found.index) : null,
  );
  /** Whether the chosen weight is not the run's own. */
  isChanged: boolean = $derived.by(
    () =>
      this.found !== null && (this.#held !== null || this.isEdited(this.found.block.key, this.found.index)),
  );

  /** One scale for all matrices of the group, by the run's own values, so that no edit shifts the colours. */
  scale: NumberScale = $derived.by(() => {
    const { answer } = this.tensors;
    const blocks = this.found?.group.blocks ?? [];
    return quantileScale(...blocks.map(({ key }) => answer?.[key]?.data ?? new Float32Array()));
  });

  note(block: WeightBlock, row: number, column: number): NumberNote {
    const { key, index } = weightAt(block, row, column);
    const value = this.valueAt(key, index);
    const trained = this.trainedAt(key, index);
    const isOwn = !this.isEdited(key, index);
    const was = isOwn || trained === null ? '' : ` · ${t('inspect_weights_was', { value: String(trained) })}`;
    return {
      name: weightName({ block, row, column }),
      value,
      context: `${t('inspect_weights_context', { run: this.inspect.summary?.number ?? 0, epoch: this.inspect.epoch })}${was}`,
    };
  }

  /** The samples that effects are measured on; the run's document decides, not its progress. */
  probes: Probe[] = $derived.by(() => {
    const { inspect } = this;
    if (!inspect.model || inspect.sampleCount === 0) return [];
    return chooseProbes(
      inspect.sampleCount,
      (index) => inspect.readSample(index),
      (sample) => inspect.pairOf(sample),
      inspect.dataset?.task === 'language-model',
      probeLimits(parameterCount(inspect.model, inspect.sizes), sweepPoints),
    );
  });
  range: { from: number; to: number } = $derived.by(() => sweepRange(this.trained ?? 0, this.scale.limit));
  /** The range of the chosen weight once its value is known: until then a sweep would begin at a wrong place. */
  #sweptRange = $derived.by(() => (this.trained === null ? null : this.range));

  before: Evaluation | null = $derived.by(() => this.#before.answer);
  /** Without a change by hand, and until its effects are known, it is the same as before. */
  after: Evaluation | null = $derived.by(() => {
    if (this.inspect.edits.values.length === 0) return this.#before.answer;
    const { answer } = this.#after;
    return answer && this.before && isSameSteps(this.before, answer) ? answer : this.before;
  });
  problem = $derived.by(() => this.#before.problem ?? this.#after.problem);
  beforeTotals: Totals | null = $derived.by(() => (this.before ? totalsOf(this.before) : null));
  afterTotals: Totals | null = $derived.by(() => (this.after ? totalsOf(this.after) : null));

  /** Asks what is shown, whenever the run, the moment, the choice or a hand has changed. */
  ask(): void {
    const { summary: run, moment: at, edits } = this.inspect;
    const { found, probes } = this;
    if (at === null) return;
    const keys = found?.group.blocks.map(({ key }) => key) ?? [];
    this.tensors.follow(
      run && found ? { run, at, subject: found.group.id, question: () => ({ keys }) } : null,
    );
    const samples = probes.map(({ question }) => question);
    const measured = samples.length === 0 ? null : String(samples.length);
    const evaluated = (weights: typeof edits.values) =>
      run && measured
        ? { run, at, subject: measured, weights: [...weights], question: () => ({ samples }) }
        : null;
    this.#before.follow(evaluated([]));
    this.#after.follow(edits.values.length > 0 ? evaluated(edits.values) : null);
    const range = this.#sweptRange;
    if (!run || !found || !measured || !range) {
      this.sweep.follow(null);
      return;
    }
    const { index } = found;
    const { key } = found.block;
    const weights = edits.values.filter((edit) => edit.key !== key || edit.index !== index);
    const question = () => ({ key, index, ...range, points: sweepPoints, samples });
    this.sweep.follow({ run, at, weights, subject: JSON.stringify([key, index, range, measured]), question });
  }

  choose(place: WeightPlace): void {
    const { inspect } = this;
    this.leave();
    inspect.cursor.weight = place;
    const found = findWeight(this.groups, place, { ...inspect.direction, unit: inspect.unit });
    if (!found?.group.place) return;
    inspect.cursor.chooseDirection(found.group.place.layer, found.group.place.reverse);
    inspect.cursor.unit = found.row % inspect.model!.hiddenSize;
  }

  /** Shows another group: its first matrix, at the unit that the cursor is on. */
  chooseGroup(id: string): void {
    const group = this.groups.find((one) => one.id === id);
    const block = group?.blocks[0];
    if (block) this.choose(weightAt(block, 0, 0));
  }

  /** Moves the value as a hand does; `drag` names the movement. The same movement is one step of undo. */
  move(value: number, drag: string): void {
    const held = asWeight(value);
    if (held === null || !this.found) return;
    if ((this.inspect.model?.hiddenSize ?? 0) <= followsUpTo) this.#set(held, drag);
    else this.#held = held;
  }

  /** Ends a movement: from here on it is another step of undo. */
  drop(drag: string): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#set(held, drag);
  }

  /** One press or notch more or less. */
  nudge(by: number): void {
    if (this.value === null || !this.found) return;
    this.leave();
    const next = asWeight(Number((this.value + by).toPrecision(7)));
    if (next !== null) this.#set(next, `nudge ${this.found.block.key} ${this.found.index}`);
  }

  type(text: string): void {
    this.typed = text;
    this.typedProblem = null;
  }

  /** Takes what was typed; false: it is no value, and why stands beside it. */
  commit(): boolean {
    if (this.typed === null) return true;
    const read = readNumber(this.typed);
    if (!read.ok) this.typedProblem = t(read.words.key, read.words.values);
    else if (asWeight(read.value) === null)
      this.typedProblem = t('inspect_weights_no_float', { text: this.typed.trim() });
    if (!read.ok || this.typedProblem !== null) return false;
    this.typed = null;
    this.#set(asWeight(read.value)!, null);
    return true;
  }

  /** Forgets what is being typed. */
  leave(): void {
    this.typed = null;
    this.typedProblem = null;
  }

  #set(value: number, drag: string | null): void {
    const { found } = this;
    if (!found || value === this.valueAt(found.block.key, found.index)) return;
    const { key } = found.block;
    // On a movement the value passes its own, which ends no movement.
    if (drag === null && value === this.trained) this.inspect.edits.unset(key, found.index);
    else this.inspect.edits.set(key, found.index, value, drag);
  }
}

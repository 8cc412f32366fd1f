import { hasCellState } from '../../../../engine/model/spec.ts';
import type { Prediction, StatePatch } from '../../../../engine/questions.ts';
import { Asked } from '../../../state/asked.svelte.ts';
import type { InspectState } from '../inspect-state.svelte.ts';
import { type Intervention, mostVariants, patchesOf, variantName } from './interventions.ts';
import { type DecidingUnit, decidingUnit, defaultPair, mostUnits, unitsToTry } from './margins.ts';
import { readText, sameFrom, type TriedText } from './tried-texts.ts';

/** Tokens of a sample that A begins with. */
const firstTokens = 8;

/** Texts that were typed while a sample of a run was chosen; null: its own. */
interface Typed {
  sample: number;
  runId: string;
  a: string | null;
  b: string | null;
}

/** A changed on the way: one chip. */
export class Variant {
  readonly id: number;
  readonly what: Intervention;
  readonly asked: Asked<'predict'>;
  readonly #name: () => string;
  isOn = $state(true);
  /** The newest answer; it stays until the next one has come. */
  shown = $state.raw<Prediction | null>(null);

  constructor(id: number, what: Intervention, asked: Asked<'predict'>, name: () => string) {
    this.id = id;
    this.what = what;
    this.asked = asked;
    this.#name = name;
  }

  get name(): string {
    return this.#name();
  }
}

/** What the tab Try it shows: A, B, the variants of A, and what decides between two tokens. */
export class TryState {
  readonly inspect: InspectState;
  readonly a: Asked<'predict'>;
  readonly b: Asked<'predict'>;
  readonly #traceB: Asked<'trace'>;
  readonly #units: Asked<'unit-patches'>;
  /** What was typed, and for which sample; another sample begins anew. */
  #typed = $state.raw<Typed | null>(null);
  #pair = $state.raw<{ target: number | null; rival: number | null }>({ target: null, rival: null });
  variants = $state.raw<readonly Variant[]>([]);
  #nextId = 0;

  constructor(inspect: InspectState) {
    this.inspect = inspect;
    this.a = new Asked(inspect.run, 'predict');
    this.b = new Asked(inspect.run, 'predict');
    this.#traceB = new Asked(inspect.run, 'trace');
    this.#units = new Asked(inspect.run, 'unit-patches');
  }

  #mine = $derived.by(() => {
    const typed = this.#typed;
    const { summary, sampleIndex } = this.inspect;
    return typed && typed.sample === sampleIndex && typed.runId === summary?.id ? typed : null;
  });
  #ownText(index: number): string {
    const { inspect } = this;
    if (index >= inspect.sampleCount) return '';
    const { input } = inspect.readSample(index);
    const isText = inspect.dataset?.task === 'language-model';
    return inspect.joined(isText ? input.slice(0, firstTokens) : input);
  }
  /** The text of A: what was typed, else the chosen sample's own. */
  textA: string = $derived.by(() => this.#mine?.a ?? this.#ownText(this.inspect.sampleIndex));
  /** The text of B: what was typed, else the next sample's, of the same length where there is one near. */
  textB: string = $derived.by(() => {
    if (this.#mine?.b != null) return this.#mine.b;
    const { inspect } = this;
    const own = this.#ownText(inspect.sampleIndex);
    const near = Array.from({ length: Math.min(20, Math.max(0, inspect.sampleCount - 1)) }, (_, i) =>
      this.#ownText((inspect.sampleIndex + 1 + i) % inspect.sampleCount),
    );
    return near.find((text) => text.length === own.length && text !== own) ?? near[0] ?? '';
  });
  readA: TriedText | null = $derived.by(() =>
    this.inspect.dataset ? readText(this.textA, this.inspect.dataset) : null,
  );
  readB: TriedText | null = $derived.by(() =>
    this.inspect.dataset ? readText(this.textB, this.inspect.dataset) : null,
  );
  type(side: 'a' | 'b', text: string): void {
    const { sampleIndex, summary } = this.inspect;
    const mine = this.#mine;
    const a = side === 'a' ? text : (mine?.a ?? null);
    const b = side === 'b' ? text : (mine?.b ?? null);
    this.#typed = { sample: sampleIndex, runId: summary?.id ?? '', a, b };
  }

  hasCell: boolean = $derived.by(() => this.inspect.model !== null && hasCellState(this.inspect.model));
  canAdd: boolean = $derived.by(() => this.variants.length < mostVariants);
  add(what: Intervention): void {
    const id = this.#nextId++;
    const name = () => variantName(this.variants.findIndex((one) => one.id === id));
    this.variants = [...this.variants, new Variant(id, what, new Asked(this.inspect.run, 'predict'), name)];
  }
  remove(id: number): void {
    this.variants = this.variants.filter((one) => one.id !== id);
  }
  /** Variants that are switched on and fit this run. */
  active: readonly Variant[] = $derived.by(() =>
    this.variants.filter((one) => one.isOn && this.fits(one.what)),
  );
  /** Whether this run has what the intervention acts on. */
  fits({ layer, reverse, state, unit }: Intervention): boolean {
    const { model } = this.inspect;
    const has = this.inspect.directions.some((one) => one.layer === layer && one.reverse === reverse);
    return has && (state === 'h' || this.hasCell) && (unit === null || unit < (model?.hiddenSize ?? 0));
  }
  needsB(what: Intervention): boolean {
    return what.kind === 'swap' && this.readB?.isReadable !== true;
  }

  #patches(what: Intervention): StatePatch[] | null {
    const { readA, inspect } = this;
    if (!readA?.isReadable || !inspect.model) return null;
    return patchesOf(what, readA.tokens.length, inspect.model.hiddenSize, this.#traceB.answer);
  }

  /** Asks whatever is shown anew when run, moment, texts, variants or hand-set weights have changed. */
  ask(): void {
    const { summary: run, moment: at, edits } = this.inspect;
    if (at === null || run === null) return;
    const weights = [...edits.values];
    const { readA, readB, textA, textB } = this;
    const plain = (text: string, isReadable: boolean | undefined) =>
      isReadable ? { run, at, weights, subject: text, question: () => ({ input: text }) } : null;
    this.a.follow(plain(textA, readA?.isReadable));
    this.b.follow(plain(textB, readB?.isReadable));
    const isSwapping = this.active.some(({ what }) => what.kind === 'swap');
    this.#traceB.follow(isSwapping ? plain(textB, readB?.isReadable) : null);
    for (const variant of this.variants) {
      const patches = this.active.includes(variant) ? this.#patches(variant.what) : null;
      const subject = JSON.stringify([textA, variant.what, this.#told(variant.what)]);
      const question = () => ({ input: textA, patches: patches! });
      variant.asked.follow(patches ? { run, at, weights, subject, question } : null);
    }
    this.#askUnits();
  }
  /** Keeps the newest answers on screen; to be called when one has come. */
  keep(): void {
    for (const variant of this.variants) {
      const { answer, isWaiting } = variant.asked;
      const waits = isWaiting || (variant.what.kind === 'swap' && this.#traceB.isWaiting);
      if (answer || !waits || !this.active.includes(variant)) variant.shown = answer;
    }
  }

  /** What a swap takes from B: which answer its states are of. */
  #told(what: Intervention): number | null {
    const { answer } = this.#traceB;
    if (what.kind !== 'swap' || answer === null) return null;
    const told = this.#answers.get(answer) ?? this.#nextId++;
    this.#answers.set(answer, told);
    return told;
  }
  readonly #answers = new WeakMap<object, number>();

  /** The step about which the sentence speaks: the last one. */
  lastStep: number = $derived.by(() => Math.max(0, (this.a.answer?.predictedTokens.length ?? 1) - 1));
  #default = $derived.by(() => {
    const { answer } = this.a;
    const other = this.b.answer;
    if (!answer) return { target: 0, rival: 0 };
    const same = other?.predictedTokens.length === answer.predictedTokens.length ? other : null;
    return defaultPair(answer, same, this.inspect.targetVocabulary, this.lastStep);
  });
  target: number = $derived.by(() => this.#chosen(this.#pair.target) ?? this.#default.target);
  rival: number = $derived.by(() => this.#chosen(this.#pair.rival) ?? this.#default.rival);
  #chosen(code: number | null): number | null {
    return code !== null && code < this.inspect.targetVocabulary.length ? code : null;
  }
  compare(part: 'target' | 'rival', code: number): void {
    this.#pair = { ...this.#pair, [part]: code };
  }

  /** The variant whose units are tried one by one: the last one of all units. */
  tried: Variant | null = $derived.by(() => this.active.findLast(({ what }) => what.unit === null) ?? null);
  triedUnits: number = $derived.by(() => Math.min(mostUnits, this.inspect.model?.hiddenSize ?? 0));
  deciding: DecidingUnit | null = $derived.by(() => {
    const { answer } = this.#units;
    return answer ? decidingUnit(answer, this.lastStep) : null;
  });
  #askUnits(): void {
    const { summary: run, moment: at, edits, model } = this.inspect;
    const { tried, target, rival, textA } = this;
    const patches = tried && this.#patches(tried.what);
    if (!run || at === null || !tried || !patches || !model || target === rival || !this.a.answer) {
      this.#units.follow(null);
      return;
    }
    const units = model.hiddenSize <= mostUnits ? undefined : unitsToTry(model.hiddenSize);
    const subject = JSON.stringify([textA, tried.what, this.#told(tried.what), target, rival]);
    const question = () => ({ input: textA, patches, target, rival, ...(units && { units }) });
    this.#units.follow({ run, at, weights: [...edits.values], subject, question });
  }

  /** From which step on a variant says what B says, where A alone does not. */
  likeB(variant: Variant): number | null {
    const [own, other] = [this.a.answer, this.b.answer];
    if (!variant.shown || !own || !other) return null;
    const from = sameFrom(variant.shown.predictedTokens, other.predictedTokens);
    if (from === null) return null;
    const alone = sameFrom(own.predictedTokens, other.predictedTokens);
    if (alone !== null && alone <= from) return null;
    // What comes before the intervention is A's own, even where B says the same there.
    return Math.max(from, variant.what.step);
  }
}

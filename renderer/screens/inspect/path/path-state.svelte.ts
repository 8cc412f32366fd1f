import type { OutputPlane, Prediction, ProjectedStates, StateBasis } from '../../../../engine/questions.ts';
import { Asked } from '../../../state/asked.svelte.ts';
import { AskedOver } from '../../../state/asked-over.svelte.ts';
import type { InspectState } from '../inspect-state.svelte.ts';
import { chooseSamples } from '../time/unit-lines.ts';
import { type PathState, pathEpochs, pathOf } from './steps-of-path.ts';

/** Time between two epochs while the path plays. */
const playEveryMs = 140;

/** Why there are no regions; null: there can be. */
export type NoRegions = 'below' | 'both' | null;

/** What Path of h asks, and what of it is drawn. */
export class PathOfH {
  readonly inspect: InspectState;
  /** The axes: the widest directions of the states that the run has come to. */
  readonly base: Asked<'project-states'>;
  readonly now: Asked<'project-states'>;
  readonly predicted: Asked<'predict'>;
  readonly over: AskedOver<'project-states'>;
  withRegions = $state(true);
  /** The epoch that is drawn while the path plays; null: it does not. */
  playing = $state<number | null>(null);
  #basis = $state.raw<{ of: string; basis: StateBasis; states: ProjectedStates } | null>(null);
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(inspect: InspectState) {
    this.inspect = inspect;
    this.base = new Asked(inspect.run, 'project-states');
    this.now = new Asked(inspect.run, 'project-states');
    this.predicted = new Asked(inspect.run, 'predict');
    this.over = new AskedOver(inspect.window.lab.api, 'project-states', 'path');
  }

  input: string = $derived.by(() =>
    this.inspect.sample ? this.inspect.joined(this.inspect.sample.input) : '',
  );
  tokens: readonly string[] = $derived.by(() => this.inspect.sample?.input ?? []);
  /** Numbers from 0 of the samples whose states give the axes. */
  baseSamples: number[] = $derived.by(() =>
    chooseSamples(this.inspect.sampleCount, this.inspect.sampleIndex, this.tokens.length),
  );
  /** What the axes belong to; a run that trains keeps those that it has. */
  #basisOf: string = $derived.by(() => {
    const { summary, direction, isRunning, lastEpoch } = this.inspect;
    return JSON.stringify([summary?.id, direction, isRunning ? 'live' : lastEpoch]);
  });
  basis: StateBasis | null = $derived.by(() => this.#basis?.basis ?? null);
  /** The states that gave the axes, for the shares that these explain. */
  baseStates: ProjectedStates | null = $derived.by(() => this.#basis?.states ?? null);

  /** To be called in an effect. */
  askBase(): void {
    const { summary, direction, emptiness } = this.inspect;
    if (summary === null || emptiness !== null || this.#basis?.of === this.#basisOf) return;
    const inputs = this.baseSamples.map((index) => this.inspect.joined(this.inspect.sampleAt(index).input));
    this.base.follow({
      ...{ run: summary, at: 'now', subject: this.#basisOf, question: () => ({ inputs, ...direction }) },
    });
    const { answer } = this.base;
    if (answer) this.#basis = { of: this.#basisOf, basis: answer.basis, states: answer };
  }

  /** To be called in effects, each alone. */
  askNow(): void {
    const { basis, input } = this;
    const { direction } = this.inspect;
    const question = () => ({ inputs: [input], ...direction, basis: basis! });
    this.inspect.ask(this.now, [input, direction, this.#basis?.of], basis && input !== '' ? question : null);
  }
  askPredicted(): void {
    const { input } = this;
    this.inspect.ask(this.predicted, [input], input === '' ? null : () => ({ input }));
  }
  #overOf = '';
  askOver(): void {
    const { basis, input, epochs } = this;
    const { summary, direction, isRunning } = this.inspect;
    const subject = JSON.stringify([input, direction, this.#basis?.of]);
    // While a run trains its newest path is drawn alone; the others come once it rests.
    if (isRunning) {
      if (subject !== this.#overOf) this.over.follow(null);
      return;
    }
    this.#overOf = subject;
    const question = () => ({ inputs: [input], ...direction, basis: basis! });
    const isAsked = summary !== null && basis !== null && input !== '' && epochs.length > 0;
    this.over.follow(isAsked ? { run: summary, epochs, subject, question } : null);
  }

  epochs: number[] = $derived.by(() => pathEpochs(this.inspect.lastEpoch));
  /** The epoch whose path is drawn. */
  epoch: number = $derived.by(() => this.playing ?? this.inspect.epoch);
  #placeOver: number = $derived.by(() => this.over.epochs.indexOf(this.epoch));
  /** The answer that is drawn: the exact one, or while the path plays that of its epoch. */
  states: ProjectedStates | null = $derived.by(() => {
    const played = this.#placeOver === -1 ? null : (this.over.answers?.[this.#placeOver] ?? null);
    if (this.playing !== null) return played;
    return this.now.answer !== null && this.now.epoch === this.epoch
      ? this.now.answer
      : (played ?? this.now.answer);
  });
  path: PathState[] = $derived.by(() =>
    this.states ? pathOf(this.states, this.tokens, this.inspect.direction.reverse) : [],
  );
  /** Paths of earlier epochs, the oldest first. */
  earlier: { epoch: number; path: PathState[] }[] = $derived.by(() => {
    const { answers, epochs } = this.over;
    if (!answers) return [];
    return epochs.flatMap((epoch, i) =>
      epoch < this.epoch && answers[i]
        ? [{ epoch, path: pathOf(answers[i]!, this.tokens, this.inspect.direction.reverse) }]
        : [],
    );
  });
  /** Every point of every epoch, so that the plane stays where it is. */
  allPoints: { x: number; y: number }[] = $derived.by(() => {
    const answers = [...(this.over.answers ?? []), ...(this.states ? [this.states] : [])];
    return answers.flatMap(({ points }) =>
      Array.from({ length: points.length / 3 }, (_, i) => ({ x: points[3 * i]!, y: points[3 * i + 1]! })),
    );
  });

  output: OutputPlane | null = $derived.by(() => this.states?.output ?? null);
  noRegions: NoRegions = $derived.by(() => {
    const { model, direction } = this.inspect;
    if (!model || this.states === null || this.output !== null) return null;
    return direction.layer < model.numLayers - 1 ? 'below' : 'both';
  });
  /** Probabilities at the epoch that is drawn; null while another one is. */
  prediction: Prediction | null = $derived.by(() =>
    this.playing === null || this.playing === this.predicted.epoch ? this.predicted.answer : null,
  );

  /** How probable what is said after a step is; null: nothing is said there, or it is not known. */
  probabilityAt({ t, says }: PathState): number | null {
    const { prediction } = this;
    const V = this.inspect.targetVocabulary.length;
    if (!prediction || says < 0 || t === 0) return null;
    const K = prediction.predictedTokens.length;
    const k = K === this.tokens.length ? t - 1 : 0;
    return prediction.probabilities[k * V + says] ?? null;
  }
  /** Whether what is said after a step is its target. */
  isRight({ t, says }: PathState): boolean {
    const target = this.inspect.sample?.target ?? [];
    const wanted = target.length === this.tokens.length ? target[t - 1] : target[0];
    return says >= 0 && this.inspect.targetVocabulary[says] === wanted;
  }

  /** Plays or pauses. */
  toggle(): void {
    if (this.playing === null) this.play();
    else this.pause();
  }

  /** Plays from the epoch on screen, at the end from the beginning; the moment that is looked at follows when it ends. */
  play(): void {
    const { epochs } = this.over;
    if (epochs.length < 2) return;
    const next = epochs.findIndex((epoch) => epoch > this.epoch);
    let at = next === -1 ? 0 : next;
    this.playing = epochs[at]!;
    this.#timer = setInterval(() => {
      at += 1;
      if (at >= epochs.length) this.pause();
      else this.playing = epochs[at]!;
    }, playEveryMs);
  }

  pause(): void {
    clearInterval(this.#timer);
    const { playing } = this;
    this.playing = null;
    if (playing !== null) this.inspect.look.at(playing);
  }

  /** Moves to an epoch, by the scrubber or the loss. */
  goTo(epoch: number): void {
    clearInterval(this.#timer);
    this.playing = null;
    this.inspect.look.at(epoch);
  }

  /** To be called when the tab is left. */
  end(): void {
    clearInterval(this.#timer);
  }
}

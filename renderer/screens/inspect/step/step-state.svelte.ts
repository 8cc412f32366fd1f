import type { BatchStory } from '../../../../engine/api.ts';
import type { Problem } from '../../../../engine/errors.ts';
import { Asked, type Wanted } from '../../../state/asked.svelte.ts';
import type { Phase } from '../../../state/cursor.svelte.ts';
import { report } from '../../../state/report.ts';
import { startsAnew } from '../../../state/run.svelte.ts';
import type { InspectState } from '../inspect-state.svelte.ts';
import { AskedStory } from './asked-story.svelte.ts';
import { type CellStory, cellStories, forwardParts } from './cell-story.ts';
import type { CellView } from './cell-view.ts';
import { cellView, type PassView, passView, saidAt, stateNorm } from './pass-view.ts';
import {
  type Breakpoint,
  nextStop,
  type PassFacts,
  type Stage,
  stageAt,
  stageIndex,
  stopsAt,
} from './stages.ts';

/** One sequence of the batch that is stepped through. */
export interface StepSequence {
  input: string;
  target: string;
  inputTokens: readonly string[];
  targetTokens: readonly string[];
}

/**
 * Where Step through stands: the pass of one batch that an epoch trained, one of its sequences, and one of
 * its stages. While the run trains, the pass is the one that comes next.
 */
export class StepState {
  readonly inspect: InspectState;
  readonly #trace: Asked<'backward-trace'>;
  readonly #weights: Asked<'weights'>;
  readonly #runningHh: Asked<'running-gradient'>;
  readonly #runningIh: Asked<'running-gradient'>;
  readonly #story: AskedStory;
  breakpoints = $state.raw<readonly Breakpoint[]>([]);
  /** What a press of a part chose: its sum is shown. */
  part = $state('h');
  backPart = $state('dh');
  /** Column of W_hh whose sum over the steps is followed. */
  to = $state(0);
  isPlaying = $state(false);

  constructor(inspect: InspectState) {
    this.inspect = inspect;
    this.#trace = new Asked(inspect.run, 'backward-trace');
    this.#weights = new Asked(inspect.run, 'weights');
    this.#runningHh = new Asked(inspect.run, 'running-gradient');
    this.#runningIh = new Asked(inspect.run, 'running-gradient');
    this.#story = new AskedStory(inspect.window.lab.api);
  }

  /** The epoch whose pass is shown, from 1. */
  epoch: number = $derived.by(() =>
    Math.max(1, this.inspect.isLive ? this.inspect.epoch + 1 : this.inspect.epoch),
  );
  story: BatchStory | null = $derived.by(() => this.#story.story);
  storyProblem: Problem | null = $derived.by(() => this.#story.problem);
  batches: number = $derived.by(
    () => this.inspect.summary?.progress.batchesPerEpoch ?? this.story?.batchesPerEpoch ?? 1,
  );
  isText = $derived.by(() => (this.inspect.dataset?.samples.length ?? 0) === 0);
  /** The epoch's order of samples, once any of its batches has been told. */
  #order = $derived.by(() => (this.story?.epoch === this.epoch ? this.story.order : null));
  /** Where the sample of the cursor is in that order; −1: it is held back, or the order is not known yet. */
  #place = $derived.by(() => this.#order?.indexOf(this.inspect.sampleIndex) ?? -1);
  /** The batch that trains the chosen sample; of a text the chosen one. */
  batch: number = $derived.by(() => {
    const last = Math.max(0, this.batches - 1);
    if (this.isText) return Math.min(this.inspect.cursor.batch, last);
    const size = this.inspect.experiment?.training.batchSize ?? 1;
    return Math.min(Math.max(0, Math.floor(this.#place / size)), last);
  });
  /** The story of the batch that is shown. */
  batchStory: BatchStory | null = $derived.by(() => {
    const { story, epoch, batch } = this;
    return story?.epoch === epoch && story.batch === batch ? story : null;
  });
  /** Whether the chosen sample is held back for validation: no batch of the epoch trains on it. */
  isHeldBack: boolean = $derived.by(() => this.#order !== null && this.#place === -1);
  /** Which of the batch's sequences is shown. */
  sequenceIndex: number = $derived.by(
    () =>
      this.batchStory?.sequences.findIndex(
        ({ sample, stream }) => (sample ?? stream) === this.inspect.sampleIndex,
      ) ?? -1,
  );
  sequence: StepSequence | null = $derived.by(() => {
    const { inspect, batchStory } = this;
    const { sample, dataset } = inspect;
    if (!dataset) return null;
    if (inspect.tried) {
      const tokens = [...inspect.tried];
      const read = { inputTokens: tokens.slice(0, -1), targetTokens: tokens.slice(1) };
      return { ...read, input: inspect.joined(tokens), target: '' };
    }
    if (!this.isText) {
      return sample && { ...inspect.pair, inputTokens: sample.input, targetTokens: sample.target };
    }
    const told = batchStory?.sequences[Math.max(0, this.sequenceIndex)];
    if (!told) return null;
    const { inputTokens, targetTokens } = told;
    // The question of a language model holds the last target too.
    return {
      ...{ inputTokens, targetTokens, target: '' },
      input: inspect.joined([...inputTokens, ...targetTokens.slice(-1)]),
    };
  });
  /** A window of a text after the first goes on from the state of the window before, which a single pass does not have. */
  isCarried: boolean = $derived.by(
    () =>
      this.inspect.tried === null &&
      this.isText &&
      this.batch > 0 &&
      this.inspect.experiment?.training.carryState === true,
  );
  /** Real tokens of the batch; undefined where its story is not known. */
  tokens: number | undefined = $derived.by(() =>
    this.isHeldBack || this.inspect.tried ? undefined : this.batchStory?.tokens,
  );

  /** Whether a mean is divided by the sample's own tokens, since those of its batch are known only at rest. */
  isOwnMean: boolean = $derived.by(
    () =>
      this.inspect.isLive &&
      this.inspect.experiment?.training.loss === 'mean' &&
      this.inspect.sampleCount > 1 &&
      !this.isText,
  );

  /** The pass with its weights; null while either is under way. */
  pass: PassView | null = $derived.by(() => {
    const { model, dataset } = this.inspect;
    const [trace, weights] = [this.#trace.answer, this.#weights.answer];
    return model && dataset && trace && weights ? passView(model, dataset, trace, weights) : null;
  });
  problem: Problem | null = $derived.by(() => this.#trace.problem ?? this.#weights.problem);
  T: number = $derived.by(() => this.pass?.T ?? this.sequence?.inputTokens.length ?? 0);
  stage: Stage = $derived.by(() => {
    const { phase, t } = this.inspect.cursor;
    return stageAt(stageIndex({ phase, t }, this.T), this.T);
  });
  index: number = $derived.by(() => stageIndex(this.stage, this.T));
  count: number = $derived.by(() => 2 * this.T + 2);
  /** The step that matrices over time frame. */
  t: number = $derived.by(() => Math.min(this.inspect.cursor.t, Math.max(0, this.T - 1)));
  cell: CellStory | null = $derived.by(() =>
    this.inspect.model ? cellStories[this.inspect.model.cell] : null,
  );
  view: CellView | null = $derived.by(() => {
    const { pass, inspect } = this;
    if (!pass) return null;
    const { layer, reverse } = inspect.direction;
    return cellView(pass, layer, reverse, this.t, inspect.unitNames(inspect.direction));
  });
  /** The part whose sum is shown in a forward step. */
  forwardPart: string = $derived.by(() => {
    const { view, cell } = this;
    if (!view || !cell) return 'h';
    const parts = forwardParts(view, cell);
    return parts.includes(this.part) ? this.part : parts.at(-1)!;
  });
  /** The gate whose weights are shown. */
  gate: number = $derived.by(() => {
    const names = this.view?.trace.gateNames ?? ['h'];
    return Math.max(0, names.indexOf(this.inspect.cursor.gate));
  });
  running = $derived.by(() => ({ hh: this.#runningHh.answer, ih: this.#runningIh.answer }));
  /** The parameter that Update shows. */
  updateKey: string = $derived.by(() => {
    const keys = this.inspect.parameters.map(({ key }) => key);
    const wanted = this.inspect.cursor.weight?.key;
    if (wanted !== undefined && keys.includes(wanted)) return wanted;
    return keys.find((key) => key.includes('weight_hh')) ?? keys[0] ?? '';
  });
  facts: PassFacts = $derived.by(() => {
    const { pass, view, T } = this;
    return {
      steps: T,
      isWrong: (t) => (pass ? saidAt(pass, t)?.isRight === false : false),
      norm: (t) => (view ? stateNorm(view, t) : 0),
    };
  });
  /** The stages at which a breakpoint stops. */
  stops: number[] = $derived.by(() =>
    Array.from({ length: this.count }, (_, index) => index).filter((index) =>
      this.breakpoints.some((one) => stopsAt(one, stageAt(index, this.T), this.facts)),
    ),
  );
  /** Whether the epoch after this one can be stepped through, trained first if need be. */
  nextEpoch: 'there' | 'trains' | 'none' = $derived.by(() => {
    const { summary, lastEpoch, isRunning } = this.inspect;
    if (!summary || isRunning) return 'none';
    if (this.epoch < lastEpoch) return 'there';
    return startsAnew(summary) || this.inspect.project.access.kind === 'read-only' ? 'none' : 'trains';
  });

  /**
   * What every question about the pass has in common: the weights before the batch, while the run trains those
   * that it has now. A text of Try it has been made with the weights after the epoch. null: there is nothing to ask, or the epoch that is looked at is being replayed.
   */
  question(
    subject: readonly unknown[],
  ): Pick<Wanted<'trace'>, 'run' | 'at' | 'weights' | 'subject' | 'detail'> | null {
    const { inspect, sequence, epoch, batch, tokens } = this;
    const { summary, look, edits } = inspect;
    if (summary === null || inspect.emptiness !== null || !sequence || sequence.input === '') return null;
    if (look.epoch !== null && look.view === null) return null;
    return {
      run: summary,
      at: inspect.isLive ? 'now' : inspect.tried ? (inspect.moment ?? 'now') : { epoch, batch },
      weights: [...edits.values],
      subject: this.#subjectOf(subject),
      detail: String(tokens ?? ''),
    };
  }

  #subjectOf(parts: readonly unknown[]): string {
    return JSON.stringify([...parts, this.sequence?.input ?? '', this.sequence?.target ?? '']);
  }

  /** The losses whose way back is meant: all, divided as in training. */
  #felt = $derived.by(() => {
    const { sequence, tokens, inspect } = this;
    const loss = inspect.experiment?.training.loss ?? 'mean';
    return {
      ...{ input: sequence?.input ?? '', target: sequence?.target ?? '', step: null, loss },
      ...(tokens !== undefined && loss === 'mean' && { batchTokens: tokens }),
    };
  });

  /** To be called whenever anything that the pass depends on changes. */
  follow(): void {
    const { inspect, epoch, batch } = this;
    const { summary, look } = inspect;
    if (summary === null || inspect.emptiness !== null) return;
    // The old pass stays until the epoch that is looked at has been replayed.
    if (look.epoch !== null && look.view === null) {
      this.#trace.hold(summary.id, this.#subjectOf(['trace']));
      return;
    }
    const keys = [this.updateKey];
    this.#story.follow(inspect.isLive ? null : { runId: summary.id, epoch, batch, keys });
    const felt = this.#felt;
    const [trace, weights] = [this.question(['trace']), this.question([])];
    this.#trace.follow(trace && { ...trace, question: () => felt });
    // All sequences of a pass have the same weights.
    if (weights) this.#weights.follow({ ...weights, subject: 'all', question: () => ({ keys: null }) });
  }

  /** To be called whenever the backward step or its direction changes. */
  followRunning(): void {
    const { view, stage } = this;
    if (!view || stage.phase !== 'backward') return;
    const felt = { ...this.#felt, at: view.t };
    for (const [asked, key] of [
      [this.#runningHh, view.keys.hh],
      [this.#runningIh, view.keys.ih],
    ] as const) {
      const wanted = this.question([key, view.t]);
      if (wanted) asked.follow({ ...wanted, question: () => ({ ...felt, key }) });
    }
  }

  /** Chooses a batch: of samples by its first one. */
  goToBatch(batch: number): void {
    const { cursor, experiment } = this.inspect;
    if (this.isText) cursor.batch = batch;
    else cursor.sample = this.#order?.[batch * (experiment?.training.batchSize ?? 1)] ?? cursor.sample;
  }

  goTo(stage: Stage): void {
    const { cursor } = this.inspect;
    cursor.phase = stage.phase;
    // Loss and update are of no step; the step that was looked at stays framed.
    if (stage.phase === 'forward' || stage.phase === 'backward') cursor.t = stage.t;
  }

  goToIndex(index: number): void {
    this.goTo(stageAt(index, this.T));
  }

  /** One stage on; from the update on to the next epoch's first step. */
  next(): void {
    if (this.stage.phase === 'update') void this.#toNextEpoch();
    else this.goToIndex(this.index + 1);
  }

  back(): void {
    this.goToIndex(this.index - 1);
  }

  /** On or back by a whole time step: to the same step of the other pass, or by four stages of a long one. */
  leap(direction: 1 | -1): void {
    const order: Phase[] = ['forward', 'loss', 'backward', 'update'];
    const at = order.indexOf(this.stage.phase) + direction;
    const phase = order[Math.min(Math.max(at, 0), order.length - 1)]!;
    const first = phase === 'backward' ? this.T - 1 : 0;
    this.goTo({ phase, t: first });
  }

  /** To the next stage at which a breakpoint stops. */
  run(): void {
    this.goToIndex(nextStop(this.index, this.breakpoints, this.facts));
  }

  toggleBreakpoint(): void {
    const here = this.breakpoints.findIndex(
      (one) => one.kind === 'stage' && stageIndex(one.stage, this.T) === this.index,
    );
    this.breakpoints =
      here === -1
        ? [...this.breakpoints, { kind: 'stage', stage: this.stage }]
        : this.breakpoints.filter((_, i) => i !== here);
  }

  async #toNextEpoch(): Promise<void> {
    const { inspect, nextEpoch, epoch } = this;
    if (nextEpoch === 'none') return;
    if (nextEpoch === 'trains') {
      if (!(await report(inspect.run.stepEpoch()))) return;
      inspect.look.back();
    } else inspect.look.at(epoch + 1);
    inspect.cursor.batch = 0;
    this.goTo({ phase: 'forward', t: 0 });
  }
}

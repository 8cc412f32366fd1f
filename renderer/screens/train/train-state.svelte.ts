import type { EpochRow } from '../../../engine/api.ts';
import { draftToExperiment } from '../../../engine/data/draft-experiment.ts';
import { splitSamples } from '../../../engine/data/validation.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import { leastReachableLoss } from '../../../engine/model/least-loss.ts';
import type { Moment } from '../../../main/api.ts';
import { runLine } from '../../charts/chart-colours.ts';
import { lossPlot } from '../../charts/loss-picture.ts';
import type { SideLine } from '../../charts/metric-option.ts';
import { pageColours } from '../../charts/page-colours.svelte.ts';
import type { Line } from '../../charts/sample-line.ts';
import { smoothed } from '../../charts/smooth.ts';
import type { WindowState } from '../../state/context.ts';
import type { Cursor } from '../../state/cursor.svelte.ts';
import type { LookedAt } from '../../state/looked-at.svelte.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import type { RunState } from '../../state/run.svelte.ts';
import type { RunRows } from '../../state/run-rows.svelte.ts';
import { readSample, sampleCount, sampleSource } from '../../state/run-samples.ts';
import { trainTokenCount } from './board.ts';
import { Ghost } from './ghost.svelte.ts';
import { LiveCurves, type MetricName } from './live-curves.svelte.ts';
import { type Kin, lineage, trainerOfEpoch } from './time/lineage.ts';
import { Timeline } from './time/timeline.svelte.ts';
import { TrainView } from './view.svelte.ts';

/** As many probabilities as a row holds of its first sample (`EpochRow.probabilities`). */
const mostCells = 256;
/** The most steps that have room for two digits each. */
const mostTableSteps = 8;

/** Everything that the train screen draws, derived from the project and the run on screen. */
export class TrainState {
  readonly project: ProjectState;
  readonly run: RunState;
  readonly look: LookedAt;
  readonly cursor: Cursor;
  readonly view: TrainView;
  readonly ghost: Ghost;
  readonly timeline: Timeline;
  readonly curves: LiveCurves;

  constructor({
    lab,
    project,
    run,
    look,
    cursor,
  }: Pick<WindowState, 'lab' | 'project' | 'run' | 'look' | 'cursor'>) {
    this.project = project;
    this.run = run;
    this.look = look;
    this.cursor = cursor;
    this.view = new TrainView(look);
    this.ghost = new Ghost(lab.api);
    this.timeline = new Timeline(lab.api);
    this.curves = new LiveCurves(lab.api);
  }

  #drawn: SequenceExperiment | null = null;
  /**
   * The run's own document. Before there is a run: what the draft would freeze, or null where it cannot be
   * run.
   */
  experiment: SequenceExperiment | null = $derived.by(() => {
    // While the run's document is being fetched, the document drawn before stays.
    if (this.run.runId !== null) {
      this.#drawn = sequence(this.run.experiment) ?? this.#drawn;
      return this.#drawn;
    }
    if (!this.project.draft) return null;
    const result = draftToExperiment(this.project.draft);
    this.#drawn = result.ok ? sequence(result.value) : null;
    return this.#drawn;
  });

  /** The epoch up to which the x axes run. */
  planned = $derived.by(() => this.run.summary?.epochs ?? this.project.draft?.training.epochs ?? 1);
  /** The last epoch of the run; a branch that has not trained is at the epoch of its parent. */
  lastEpoch = $derived.by(() => this.run.lastRow?.epoch ?? this.run.summary?.parent?.epoch ?? 0);
  /** The run and its ancestors, the oldest first. */
  kin: Kin[] = $derived.by(() => lineage(this.project.runs, this.run.runId));
  /** The epoch that charts, board and map refer to. */
  epoch = $derived.by(() => this.view.epoch(this.lastEpoch));
  /**
   * The row before a branch's own rows: the one that it began at, or the row of its parent that is looked
   * at.
   */
  rowBefore: EpochRow | null = $derived.by(() => {
    const { rows } = this.run;
    const parent = this.kin.at(-2);
    const began = parent ? (this.timeline.tracks.get(parent.run.id)?.lastRow ?? null) : null;
    const first = rows.last === null ? Infinity : rows.firstEpoch;
    return this.look.row && this.look.row.epoch < first ? this.look.row : began;
  });
  /**
   * The moment at which the run's weights are asked; null while the epoch that is looked at is being
   * replayed.
   */
  moment: Moment | null = $derived.by(() =>
    this.look.epoch === null || this.look.view ? this.look.moment : null,
  );
  #rowSeen: { of: RunRows; row: EpochRow } | null = null;
  /**
   * The row at the cursor. While it is being fetched, the last row shown stays; its own epoch number tells
   * which it is.
   */
  row: EpochRow | null = $derived.by(() => {
    const { rows } = this.run;
    const row = this.rowAt(this.epoch);
    if (row) this.#rowSeen = { of: rows, row };
    const mayCome = this.epoch !== null && this.epoch >= rows.firstEpoch;
    return row ?? (mayCome && this.#rowSeen?.of === rows ? this.#rowSeen.row : null);
  });
  /** Whether the user has placed the cursor; otherwise it is at the newest epoch. */
  cursorPlaced = $derived.by(() => this.view.hovered !== null || this.view.picked !== null);
  range: { from: number; to: number } = $derived.by(() => {
    const to = Math.max(this.planned, this.lastEpoch, 2);
    const [low, high] = this.view.zoom ?? [1, to];
    return { from: Math.max(1, Math.min(low, to - 1)), to: Math.min(Math.max(high, 2), to) };
  });

  /** Whether there is a validation part that has been evaluated at least once. */
  hasValidation = $derived.by(() => this.run.lastRow?.validationLoss != null);
  /** The epoch of the least validation loss; null without a validation part. */
  leastValidation = $derived.by(() =>
    this.hasValidation ? (this.run.standing?.leastValidationLoss ?? null) : null,
  );
  /**
   * The epoch whose weights would be restored at the end: chosen by the early stopping metric, else by the
   * validation loss if there is one.
   */
  bestEpoch = $derived.by(() => {
    const byLoss = this.experiment?.training.earlyStopping?.metric === 'loss';
    return (byLoss ? null : this.leastValidation) ?? this.run.standing?.leastLoss ?? null;
  });

  /**
   * An epoch's row, of the run or of its past before it branched off; null where there is none, or while it
   * is being fetched.
   */
  rowAt(epoch: number | null): EpochRow | null {
    if (epoch === null) return null;
    if (epoch === this.look.row?.epoch) return this.look.row;
    return epoch === this.rowBefore?.epoch ? this.rowBefore : this.run.rows.at(epoch);
  }

  /** The lines beside the run's own: the validation part dashed, earlier runs pale. */
  beside(own: MetricName, heldBack: MetricName | null): (Omit<SideLine, 'points'> & { line: Line })[] {
    const lines: (Omit<SideLine, 'points'> & { line: Line })[] = [];
    for (const { line, colour, dashed } of this.#past(own, heldBack))
      lines.push({ line, colour, dashed, opacity: 0.45 });
    const { summary, lines: ghost } = this.ghost;
    if (this.view.showsGhost && summary) {
      const { colour } = runLine(this.colours, summary.number);
      if (ghost[own]) lines.push({ line: ghost[own], colour, dashed: false, opacity: 0.45 });
      if (heldBack && ghost[heldBack])
        lines.push({ line: ghost[heldBack], colour, dashed: true, opacity: 0.45 });
    }
    if (heldBack && this.hasValidation) {
      const line = this.smoothLine(heldBack);
      lines.push({ line, colour: this.line.colour, dashed: true, opacity: 1 });
    }
    return lines;
  }

  /**
   * The lines of the ancestors up to where the run branched off; a ghost is left out, since its whole line
   * is drawn.
   */
  #past(own: MetricName, heldBack: MetricName | null): { line: Line; colour: string; dashed: boolean }[] {
    const { showsGhost } = this.view;
    return this.kin.flatMap(({ run, until }) => {
      const lines = this.timeline.tracks.get(run.id)?.lines;
      if (until === null || !lines || (showsGhost && run.id === this.ghost.summary?.id)) return [];
      const { colour } = runLine(this.colours, run.number);
      const solid = lines[own] ? [{ line: lines[own], colour, dashed: false }] : [];
      const dashed = heldBack && lines[heldBack] ? [{ line: lines[heldBack], colour, dashed: true }] : [];
      return [...solid, ...dashed];
    });
  }

  /** A metric's line as it is drawn. Smoothing changes the picture, never the numbers. */
  smoothLine(name: MetricName): Line {
    const { smoothing } = this.view;
    const line = this.curves.line(name, smoothing > 0);
    return smoothing === 0 ? line : { x: line.x, y: smoothed(line, smoothing) };
  }

  /** To be called whenever rows arrive, or other epochs are shown. */
  followCurves(): void {
    const { range, view, run } = this;
    // Reading the newest rows makes the effect run again when rows arrive.
    void run.rows.newest;
    this.curves.follow(run.rows, { ...range, isLog: view.logEpochs, isZoomed: view.zoom !== null });
  }

  /** Axis, frame and lines of the loss chart; the scrubber below uses the same epochs. */
  lossPlot = $derived.by(() =>
    lossPlot({
      line: this.smoothLine('loss'),
      beside: [
        // The line before smoothing stays behind the smoothed one, pale.
        ...(this.view.smoothing > 0
          ? [{ line: this.curves.line('loss'), colour: this.line.colour, dashed: false, opacity: 0.25 }]
          : []),
        ...this.beside('loss', 'validationLoss'),
      ],
      range: this.range,
      logEpochs: this.view.logEpochs,
      zoomed: this.view.zoom !== null,
      scale: this.view.scale,
      leastReachable: this.least?.loss ?? null,
    }),
  );

  dataset = $derived.by(() => this.experiment?.dataset ?? null);
  #source = $derived.by(() =>
    this.experiment ? sampleSource(this.experiment.dataset, this.experiment.training.batchSize) : null,
  );
  /** The samples that can be judged step by step; null for tasks with a single label or a text. */
  stepSource = $derived.by(() =>
    this.#source && this.dataset?.task === 'mapping' && this.dataset.samples.length > 0 ? this.#source : null,
  );
  sampleCount = $derived.by(() => (this.#source ? sampleCount(this.#source) : 0));
  sampleIndex = $derived.by(() => Math.min(this.cursor.sample, Math.max(0, this.sampleCount - 1)));
  sample = $derived.by(() => (this.#source ? readSample(this.#source, this.sampleIndex) : null));
  /** The beginnings of the samples among which the board can switch. */
  sampleNames = $derived.by(() => {
    const source = this.#source;
    if (!source) return [];
    return Array.from({ length: Math.min(this.sampleCount, 1000) }, (_, index) =>
      source.textTokens.length > 0
        ? readSample(source, index).input.slice(0, 12).join('')
        : source.dataset.samples[index]!.input.slice(0, 24),
    );
  });
  /**
   * Whether the chosen sample has a table of every probability: the run records them for its first sample,
   * if they fit.
   */
  hasTable = $derived.by(() => {
    const steps = this.sample?.length ?? 0;
    const cells = steps * (this.dataset?.targetVocabulary.length ?? 0);
    // A language model shows the text that it writes.
    if (this.dataset?.task === 'language-model') return false;
    return this.sampleIndex === 0 && steps <= mostTableSteps && cells <= mostCells;
  });
  trainTokens = $derived.by(() => (this.#source ? trainTokenCount(this.#source) : 0));
  /** The number of target tokens of the validation part; null for a text, or without such a part. */
  heldTokens = $derived.by(() => {
    const { dataset } = this;
    if (!dataset || !this.#source || this.#source.textTokens.length > 0) return null;
    const samples = splitSamples(dataset).validation;
    return samples.length === 0
      ? null
      : trainTokenCount({ ...this.#source, dataset: { ...dataset, samples } });
  });
  least = $derived.by(() => (this.experiment ? leastReachableLoss(this.experiment, this.trainTokens) : null));

  colours = $derived.by(() => pageColours());
  line = $derived.by(() => runLine(this.colours, this.run.summary?.number ?? 1));
  /** The colour of the run that trained the epoch at the cursor. */
  cursorColour = $derived.by(() => {
    const owner = this.epoch === null ? null : trainerOfEpoch(this.kin, this.epoch);
    return owner ? runLine(this.colours, owner.run.number).colour : this.line.colour;
  });
}

function sequence(experiment: { dataset: { task: string } } | null): SequenceExperiment | null {
  return experiment && experiment.dataset.task !== 'shapes' ? (experiment as SequenceExperiment) : null;
}

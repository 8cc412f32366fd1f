import type { EpochRow } from '../../../engine/api.ts';
import { draftToExperiment } from '../../../engine/data/draft-experiment.ts';
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
import type { LookedAt } from '../../state/looked-at.svelte.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import type { RunState } from '../../state/run.svelte.ts';
import type { RunRows } from '../../state/run-rows.svelte.ts';
import { boardSample, boardSampleCount, boardSource, trainTokenCount } from './board.ts';
import { Ghost } from './ghost.svelte.ts';
import { LiveCurves, type MetricName } from './live-curves.svelte.ts';
import { type Kin, lineage, trainerOfEpoch } from './time/lineage.ts';
import { Timeline } from './time/timeline.svelte.ts';
import { TrainView } from './view.svelte.ts';

/** As many probabilities as a row holds of its first sample (`EpochRow.probabilities`). */
const mostCells = 256;
/** As many steps as have room for two digits each. */
const mostTableSteps = 8;

/** Everything that the train screen draws, worked out from the project and the run on screen. */
export class TrainState {
  readonly project: ProjectState;
  readonly run: RunState;
  readonly look: LookedAt;
  readonly view: TrainView;
  readonly ghost: Ghost;
  readonly timeline: Timeline;
  readonly curves: LiveCurves;

  constructor({ lab, project, run, look }: Pick<WindowState, 'lab' | 'project' | 'run' | 'look'>) {
    this.project = project;
    this.run = run;
    this.look = look;
    this.view = new TrainView(look);
    this.ghost = new Ghost(lab.api);
    this.timeline = new Timeline(lab.api);
    this.curves = new LiveCurves(lab.api);
  }

  #drawn: SequenceExperiment | null = null;
  /** The run's own document; before there is a run, what the draft would freeze; null where that cannot be run. */
  experiment: SequenceExperiment | null = $derived.by(() => {
    // While a run's own is on its way, what is drawn stays: it is that of the draft, or of the run before.
    if (this.run.runId !== null) {
      this.#drawn = sequence(this.run.experiment) ?? this.#drawn;
      return this.#drawn;
    }
    if (!this.project.draft) return null;
    const result = draftToExperiment(this.project.draft);
    this.#drawn = result.ok ? sequence(result.value) : null;
    return this.#drawn;
  });

  /** Epochs that the x axes run to. */
  planned = $derived.by(() => this.run.summary?.epochs ?? this.project.draft?.training.epochs ?? 1);
  /** A branch that has not trained stands where its parent was. */
  lastEpoch = $derived.by(() => this.run.lastRow?.epoch ?? this.run.summary?.parent?.epoch ?? 0);
  /** The run and those that it comes from, the oldest first. */
  kin: Kin[] = $derived.by(() => lineage(this.project.runs, this.run.runId));
  /** The epoch that charts, board and map speak of. */
  epoch = $derived.by(() => this.view.epoch(this.lastEpoch));
  /** Of a branch, the row that stands before its own: the one that it began at, or the one of its parent that is looked at. */
  rowBefore: EpochRow | null = $derived.by(() => {
    const { rows } = this.run;
    const parent = this.kin.at(-2);
    const began = parent ? (this.timeline.tracks.get(parent.run.id)?.lastRow ?? null) : null;
    const first = rows.last === null ? Infinity : rows.firstEpoch;
    return this.look.row && this.look.row.epoch < first ? this.look.row : began;
  });
  /** The moment that the run's weights are asked of; null while an epoch that is looked at is still being replayed. */
  moment: Moment | null = $derived.by(() =>
    this.look.epoch === null || this.look.view ? this.look.moment : null,
  );
  #rowSeen: { of: RunRows; row: EpochRow } | null = null;
  /** The row at the cursor; while it is on its way the one before, which says itself whose it is. */
  row: EpochRow | null = $derived.by(() => {
    const { rows } = this.run;
    const row = this.rowAt(this.epoch);
    if (row) this.#rowSeen = { of: rows, row };
    const mayCome = this.epoch !== null && this.epoch >= rows.firstEpoch;
    return row ?? (mayCome && this.#rowSeen?.of === rows ? this.#rowSeen.row : null);
  });
  /** The cursor stands where someone put it, not merely at the newest epoch. */
  cursorPlaced = $derived.by(() => this.view.hovered !== null || this.view.picked !== null);
  range: { from: number; to: number } = $derived.by(() => {
    const to = Math.max(this.planned, this.lastEpoch, 2);
    const [low, high] = this.view.zoom ?? [1, to];
    return { from: Math.max(1, Math.min(low, to - 1)), to: Math.min(Math.max(high, 2), to) };
  });

  /** A part is held back, and has been judged at least once. */
  hasValidation = $derived.by(() => this.run.lastRow?.validationLoss != null);
  /** The epoch of the least validation loss; null where nothing is held back. */
  leastValidation = $derived.by(() =>
    this.hasValidation ? (this.run.standing?.leastValidationLoss ?? null) : null,
  );
  /** The epoch whose weights would be put back at the end: by the early stopping metric, else by what is held back. */
  bestEpoch = $derived.by(() => {
    const byLoss = this.experiment?.training.earlyStopping?.metric === 'loss';
    return (byLoss ? null : this.leastValidation) ?? this.run.standing?.leastLoss ?? null;
  });

  /** The row of an epoch, of the run or before it branched off; null where it has none, or it is on its way. */
  rowAt(epoch: number | null): EpochRow | null {
    if (epoch === null) return null;
    if (epoch === this.look.row?.epoch) return this.look.row;
    return epoch === this.rowBefore?.epoch ? this.rowBefore : this.run.rows.at(epoch);
  }

  /** Lines beside the run's own: what is held back dashed, the run before pale. */
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

  /** What the run was before it branched off; of a ghost the whole line is there. */
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

  /** As it is drawn; smoothing changes what is seen, never what is said. */
  smoothLine(name: MetricName): Line {
    const { smoothing } = this.view;
    const line = this.curves.line(name, smoothing > 0);
    return smoothing === 0 ? line : { x: line.x, y: smoothed(line, smoothing) };
  }

  /** To be called whenever rows come, or other epochs are shown. */
  followCurves(): void {
    const { range, view, run } = this;
    // All rows that are here, for those that come.
    void run.rows.newest;
    this.curves.follow(run.rows, { ...range, isLog: view.logEpochs, isZoomed: view.zoom !== null });
  }

  /** Axis, frame and lines of the loss chart; the scrubber stands under it on the same epochs. */
  lossPlot = $derived.by(() =>
    lossPlot({
      line: this.smoothLine('loss'),
      beside: [
        // What was smoothed stays behind it, pale.
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
    this.experiment ? boardSource(this.experiment.dataset, this.experiment.training.batchSize) : null,
  );
  /** What is judged step by step; null where a row is of one step, or of a text. */
  stepSource = $derived.by(() =>
    this.#source && this.dataset?.task === 'mapping' && this.dataset.samples.length > 0 ? this.#source : null,
  );
  sampleCount = $derived.by(() => (this.#source ? boardSampleCount(this.#source) : 0));
  sampleIndex = $derived.by(() => Math.min(this.view.sample, Math.max(0, this.sampleCount - 1)));
  sample = $derived.by(() => (this.#source ? boardSample(this.#source, this.sampleIndex) : null));
  /** What the board can be switched between, by their beginnings. */
  sampleNames = $derived.by(() => {
    const source = this.#source;
    if (!source) return [];
    return Array.from({ length: Math.min(this.sampleCount, 1000) }, (_, index) =>
      source.textTokens.length > 0
        ? boardSample(source, index).input.slice(0, 12).join('')
        : source.dataset.samples[index]!.input.slice(0, 24),
    );
  });
  /** The chosen sample fits a table of every probability with its numbers, which a run records of its first sample. */
  hasTable = $derived.by(() => {
    const steps = this.sample?.length ?? 0;
    const cells = steps * (this.dataset?.targetVocabulary.length ?? 0);
    // A language model shows what it writes.
    if (this.dataset?.task === 'language-model') return false;
    return this.sampleIndex === 0 && steps <= mostTableSteps && cells <= mostCells;
  });
  trainTokens = $derived.by(() => (this.#source ? trainTokenCount(this.#source) : 0));
  least = $derived.by(() => (this.experiment ? leastReachableLoss(this.experiment, this.trainTokens) : null));

  colours = $derived.by(() => pageColours());
  line = $derived.by(() => runLine(this.colours, this.run.summary?.number ?? 1));
  /** Of the run that had the epoch at the cursor. */
  cursorColour = $derived.by(() => {
    const owner = this.epoch === null ? null : trainerOfEpoch(this.kin, this.epoch);
    return owner ? runLine(this.colours, owner.run.number).colour : this.line.colour;
  });
}

function sequence(experiment: { dataset: { task: string } } | null): SequenceExperiment | null {
  return experiment && experiment.dataset.task !== 'shapes' ? (experiment as SequenceExperiment) : null;
}

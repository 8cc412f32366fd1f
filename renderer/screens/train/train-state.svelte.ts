import { draftToExperiment } from '../../../engine/data/draft-experiment.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import { leastReachableLoss } from '../../../engine/model/least-loss.ts';
import { runLine } from '../../charts/chart-colours.ts';
import type { SideLine } from '../../charts/metric-option.ts';
import { pageColours } from '../../charts/page-colours.svelte.ts';
import type { Line } from '../../charts/sample-line.ts';
import { smoothed } from '../../charts/smooth.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import type { RunState } from '../../state/run.svelte.ts';
import { boardSample, boardSampleCount, boardSource, trainTokenCount } from './board.ts';
import { columnLine, columnsOf, type MetricColumns, type MetricName, rowOfEpoch } from './columns.ts';
import { Ghost } from './ghost.svelte.ts';
import { TrainView } from './view.svelte.ts';

/** Everything that the train screen draws, worked out from the project and the run on screen. */
export class TrainState {
  readonly project: ProjectState;
  readonly run: RunState;
  readonly view = new TrainView();
  readonly ghost: Ghost;

  constructor(project: ProjectState, run: RunState) {
    this.project = project;
    this.run = run;
    this.ghost = new Ghost(run);
  }

  /** The run's own document; before there is a run, what the draft would freeze; null where that cannot be run. */
  experiment: SequenceExperiment | null = $derived.by(() => {
    if (this.run.runId !== null) return sequence(this.run.experiment);
    if (!this.project.draft) return null;
    const result = draftToExperiment(this.project.draft);
    return result.ok ? sequence(result.value) : null;
  });

  /** Epochs that the x axes run to. */
  planned = $derived.by(() => this.run.summary?.epochs ?? this.project.draft?.training.epochs ?? 1);
  lastEpoch = $derived.by(() => this.run.rows.at(-1)?.epoch ?? 0);
  /** The epoch that charts, board and map speak of. */
  epoch = $derived.by(() => this.view.epoch(this.lastEpoch));
  row = $derived.by(() => rowOfEpoch(this.run.rows, this.epoch));
  /** The cursor stands where someone put it, not merely at the newest epoch. */
  cursorPlaced = $derived.by(() => this.view.hovered !== null || this.view.picked !== null);
  range: { from: number; to: number } = $derived.by(() => {
    const to = Math.max(this.planned, this.lastEpoch, 2);
    const [low, high] = this.view.zoom ?? [1, to];
    return { from: Math.max(1, Math.min(low, to - 1)), to: Math.min(Math.max(high, 2), to) };
  });

  #columns: MetricColumns | null = null;
  columns = $derived.by(() => {
    this.#columns = columnsOf(this.run.rows, this.#columns);
    return this.#columns;
  });

  /** A part is held back, and has been judged at least once. */
  hasValidation = $derived.by(() => this.run.rows.at(-1)?.validationLoss != null);
  /** The epoch of the least validation loss; null where nothing is held back. */
  leastValidation = $derived.by(() => {
    if (!this.hasValidation) return null;
    const { epoch, validationLoss, length } = this.columns;
    let best = 0;
    for (let i = 1; i < length; i++) if (validationLoss[i]! < validationLoss[best]!) best = i;
    return length > 0 ? epoch[best]! : null;
  });

  /** Lines beside the run's own: what is held back dashed, the run before pale. */
  beside(own: MetricName, heldBack: MetricName | null): (Omit<SideLine, 'points'> & { line: Line })[] {
    const lines: (Omit<SideLine, 'points'> & { line: Line })[] = [];
    const { summary, lines: ghost } = this.ghost;
    if (this.view.showsGhost && summary) {
      const { colour } = runLine(this.colours, summary.number);
      if (ghost[own]) lines.push({ line: ghost[own], colour, dashed: false, opacity: 0.45 });
      if (heldBack && ghost[heldBack])
        lines.push({ line: ghost[heldBack], colour, dashed: true, opacity: 0.45 });
    }
    if (heldBack && this.hasValidation) {
      const line = this.smooth(columnLine(this.columns, heldBack));
      lines.push({ line, colour: this.line.colour, dashed: true, opacity: 1 });
    }
    return lines;
  }

  /** As it is drawn; smoothing changes what is seen, never what is said. */
  smooth(line: Line): Line {
    return this.view.smoothing === 0 ? line : { x: line.x, y: smoothed(line.y, this.view.smoothing) };
  }

  dataset = $derived.by(() => this.experiment?.dataset ?? null);
  #source = $derived.by(() =>
    this.experiment ? boardSource(this.experiment.dataset, this.experiment.training.batchSize) : null,
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
  trainTokens = $derived.by(() => (this.#source ? trainTokenCount(this.#source) : 0));
  least = $derived.by(() => (this.experiment ? leastReachableLoss(this.experiment, this.trainTokens) : null));

  colours = $derived.by(() => pageColours());
  line = $derived.by(() => runLine(this.colours, this.run.summary?.number ?? 1));
}

function sequence(experiment: { dataset: { task: string } } | null): SequenceExperiment | null {
  return experiment && experiment.dataset.task !== 'shapes' ? (experiment as SequenceExperiment) : null;
}

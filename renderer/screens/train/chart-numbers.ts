/** The numbers of Train's charts, as tables and files of them. */
import type { EpochRow } from '../../../engine/api.ts';
import type { ChartCell, ChartColumn, ChartNumbers } from '../../charts/panel/numbers.ts';
import type { Line } from '../../charts/sample-line.ts';
import { plainFileName } from '../../components/download.ts';
import { t } from '../../text/text.svelte.ts';
import type { MetricName } from './live-curves.svelte.ts';
import type { TrainState } from './train-state.svelte.ts';

/** The heads of the metrics' columns. */
function metricLabel(name: MetricName): string {
  switch (name) {
    case 'loss':
      return t('train_tip_loss');
    case 'validationLoss':
      return t('train_tip_validation');
    case 'accuracy':
      return t('train_tip_accuracy');
    case 'validationAccuracy':
      return t('train_tip_validation_accuracy');
    case 'gradNorm':
      return 'grad_norm';
    case 'lr':
      return 'lr';
  }
}

const epochColumn = (): ChartColumn => ({ key: 'epoch', label: t('train_axis_epoch') });

/** The metrics of every epoch of the run, fetched as they are looked at. */
export function metricNumbers(train: TrainState, metrics: readonly MetricName[]): ChartNumbers {
  const { rows } = train.run;
  const names = metrics.filter((name) => train.hasValidation || !name.startsWith('validation'));
  const cellsOf = (row: EpochRow): ChartCell[] => [row.epoch, ...names.map((name) => row[name])];
  return {
    columns: [epochColumn(), ...names.map((key) => ({ key, label: metricLabel(key) }))],
    count: rows.count,
    at: (index) => {
      const row = rows.at(rows.firstEpoch + index);
      return row && cellsOf(row);
    },
    async *pages() {
      for await (const page of rows.pages()) yield page.map(cellsOf);
    },
  };
}

/** What the board shows: each epoch's prediction of one sample. */
export function boardNumbers(
  train: TrainState,
  judge: (row: EpochRow) => { right: number; total: number },
): ChartNumbers {
  const { rows } = train.run;
  const cellsOf = (row: EpochRow): ChartCell[] => {
    const { right, total } = judge(row);
    return [row.epoch, row.predictions[train.sampleIndex] ?? '', right, total, row.loss];
  };
  return {
    columns: [
      epochColumn(),
      { key: 'prediction', label: t('train_board') },
      { key: 'right', label: t('train_board_right') },
      { key: 'of', label: t('train_board_of') },
      { key: 'loss', label: t('train_board_loss') },
    ],
    count: rows.count,
    at: (index) => {
      const row = rows.at(rows.firstEpoch + index);
      return row && cellsOf(row);
    },
    async *pages() {
      for await (const page of rows.pages()) yield page.map(cellsOf);
    },
  };
}

/** The points of a line that is judged at some epochs only. */
export function lineNumbers(line: Line, key: string, label: string): ChartNumbers {
  return {
    columns: [epochColumn(), { key, label }],
    count: line.x.length,
    at: (index) => [line.x[index]!, line.y[index]!],
  };
}

/** A table that is here as a whole. */
export function tableNumbers(
  columns: readonly ChartColumn[],
  rows: readonly (readonly ChartCell[])[],
): ChartNumbers {
  return { columns, count: rows.length, at: (index) => rows[index] ?? null };
}

/** The beginning of the names of a chart's files: `hello-ohlol-1-loss`. */
export function chartFile(train: TrainState, chart: string): string {
  const name = `${train.project.draft?.name ?? 'run'}-${train.run.summary?.number ?? 1}`;
  return `${plainFileName(name)}-${chart}`;
}

/** The epoch at the cursor, kept or let go, the same for every chart over epochs. */
export function pinOf(train: TrainState) {
  const isKept = train.view.picked !== null;
  return {
    isKept,
    toggle: () => (isKept ? train.look.back() : train.look.keep(train.epoch ?? train.lastEpoch)),
  };
}

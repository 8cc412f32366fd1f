/** Train's charts of lines as SVG documents: as they are on screen, with their labels in the picture. */
import { type LegendEntry, lineSvg, pictureSize, pictureTop } from '../../charts/line-svg.ts';
import { lossPictureOption } from '../../charts/loss-picture.ts';
import { type MetricChart, metricOption } from '../../charts/metric-option.ts';
import type { Frame } from '../../charts/plot-area.ts';
import { formatNumber } from '../../text/format.ts';
import { t } from '../../text/text.svelte.ts';
import { legendOf } from './legend.ts';
import { lossMarks } from './loss-marks.ts';
import type { TrainState } from './train-state.svelte.ts';

const margins = { right: 24, top: pictureTop, bottom: 44 };

export function lossSvg(train: TrainState): string {
  const least = train.least?.loss ?? null;
  const plot = train.lossPlot;
  const frame: Frame = { ...plot.frame, ...pictureSize, ...margins, left: plot.frame.left + 12 };
  const option = lossPictureOption(plot, frame, least, {
    colours: train.colours,
    colour: train.line.colour,
    dashed: train.line.dashed,
    hatch: train.colours.line,
    words: true,
    leastText: t('train_least', { loss: formatNumber(least, 4) }),
    marks: lossMarks(train),
  });
  return lineSvg(
    option,
    titleOf(train, t('train_loss')),
    t('train_axis_epoch'),
    legendOf(train, true),
    train.colours,
  );
}

/** @param chart As on screen. */
export function metricSvg(
  train: TrainState,
  name: string,
  chart: Omit<MetricChart, 'frame'> & { frame: Omit<Frame, 'width' | 'height'> },
  legend: readonly LegendEntry[],
): string {
  const frame: Frame = { ...chart.frame, ...pictureSize, ...margins, left: chart.frame.left + 24 };
  const option = metricOption({ ...chart, frame, maxEpochTicks: 8 });
  return lineSvg(option, titleOf(train, name), t('train_axis_epoch'), legend, train.colours);
}

function titleOf(train: TrainState, name: string): string {
  return `${train.project.draft?.name ?? ''} · ${t('train_felt_run', { number: train.run.summary?.number ?? 1 })} · ${name}`;
}

/** Chart pictures and numbers as files, by the page's own download. */

import { writeMetricsCsv } from '../../../engine/formats/metrics-csv.ts';
import { chartPng, chartSvg } from '../../charts/echarts.ts';
import { lossPictureOption, lossPlot } from '../../charts/loss-picture.ts';
import type { Frame } from '../../charts/plot-area.ts';
import { download, downloadText, plainFileName } from '../../components/download.ts';
import { formatNumber } from '../../text/format.ts';
import { t } from '../../text/text.svelte.ts';
import { columnLine } from './columns.ts';
import { firstRightText } from './first-right.ts';
import type { TrainState } from './train-state.svelte.ts';

const size = { width: 960, height: 540 };

export function saveLossPng(train: TrainState): void {
  download(chartPng(lossPicture(train), size, train.colours.panel), fileName(train, 'loss.png'));
}

export function saveLossSvg(train: TrainState): void {
  downloadText(chartSvg(lossPicture(train), size), 'image/svg+xml', fileName(train, 'loss.svg'));
}

export function saveMetricsCsv(train: TrainState): void {
  downloadText(writeMetricsCsv(train.run.rows), 'text/csv', fileName(train, 'metrics.csv'));
}

/** The chart as it is on screen, with its words in the picture. */
function lossPicture(train: TrainState) {
  const least = train.least?.loss ?? null;
  const plot = lossPlot({
    line: train.smooth(columnLine(train.columns, 'loss')),
    beside: train.beside('loss', 'validationLoss'),
    logEpochs: train.view.logEpochs,
    range: train.range,
    zoomed: train.view.zoom !== null,
    scale: train.view.scale,
    leastReachable: least,
  });
  const first = train.run.summary?.firstRightEpoch ?? null;
  const frame: Frame = { ...plot.frame, ...size, left: plot.frame.left + 12, right: 24, top: 24, bottom: 36 };
  return lossPictureOption(plot, frame, least, {
    colours: train.colours,
    colour: train.line.colour,
    dashed: train.line.dashed,
    hatch: train.colours.line,
    words: true,
    leastText: t('train_least', { loss: formatNumber(least, 4) }),
    marks: first === null ? [] : [{ epoch: first, text: firstRightText(train, first) }],
  });
}

function fileName(train: TrainState, ending: string): string {
  const name = `${train.project.draft?.name ?? 'run'}-${train.run.summary?.number ?? 1}`;
  return `${plainFileName(name)}-${ending}`;
}

/** Chart pictures and numbers as files, by the page's own download. */

import { writeMetricsCsv } from '../../../engine/formats/metrics-csv.ts';
import { chartPng, chartSvg } from '../../charts/echarts.ts';
import { lossPictureOption, lossPlot } from '../../charts/loss-picture.ts';
import type { Frame } from '../../charts/plot-area.ts';
import { download, downloadText, plainFileName } from '../../components/download.ts';
import { formatNumber } from '../../text/format.ts';
import { t } from '../../text/text.svelte.ts';
import { firstRightText } from './first-right.ts';
import type { TrainState } from './train-state.svelte.ts';

const size = { width: 960, height: 540 };

export function saveLossPng(train: TrainState): void {
  download(chartPng(lossPicture(train), size, train.colours.panel), fileName(train, 'loss.png'));
}

export function saveLossSvg(train: TrainState): void {
  downloadText(chartSvg(lossPicture(train), size), 'image/svg+xml', fileName(train, 'loss.svg'));
}

/**
 * Saves every epoch's numbers, fetched page by page. `view.saving` holds the progress; setting it to null
 * cancels.
 */
export async function saveMetricsCsv(train: TrainState): Promise<void> {
  const { view, run } = train;
  const { rows } = run;
  const of = rows.count;
  const name = fileName(train, 'metrics.csv');
  const parts: string[] = [];
  view.saving = { done: 0, of };
  try {
    for await (const page of rows.pages()) {
      const text = writeMetricsCsv(page);
      parts.push(parts.length === 0 ? text : text.slice(text.indexOf('\n') + 1));
      if (view.saving === null) return;
      view.saving = { done: Math.min(of, view.saving.done + page.length), of };
    }
    downloadText(parts, 'text/csv', name);
  } finally {
    view.saving = null;
  }
}

/** The chart as it is on screen, with its labels in the picture. */
function lossPicture(train: TrainState) {
  const least = train.least?.loss ?? null;
  const plot = lossPlot({
    line: train.smoothLine('loss'),
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

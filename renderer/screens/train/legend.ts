/** Which line of a chart is which, in words: shown where a chart has more than one. */
import { runLine } from '../../charts/chart-colours.ts';
import type { LegendEntry } from '../../charts/line-svg.ts';
import { t } from '../../text/text.svelte.ts';
import type { TrainState } from './train-state.svelte.ts';

export function legendOf(train: TrainState, hasHeldBack: boolean): LegendEntry[] {
  const { colour } = train.line;
  const entries: LegendEntry[] = [];
  const held = hasHeldBack && train.hasValidation;
  const { summary, lines } = train.ghost;
  // The ghost follows the run on screen a moment later.
  const isOther = summary !== null && summary.id !== train.run.runId;
  const ghost = train.view.showsGhost && isOther && lines.loss ? summary : null;
  if (!held && !ghost) return [];
  const own = train.run.summary?.number ?? 1;
  const name = (part: 'train' | 'validation') =>
    ghost ? t(`train_legend_run_${part}`, { number: own }) : t(`train_legend_${part}`);
  entries.push({
    text: held ? name('train') : t('train_felt_run', { number: own }),
    colour,
    dashed: train.line.dashed,
    opacity: 1,
  });
  if (held) entries.push({ text: name('validation'), colour, dashed: true, opacity: 1 });
  if (ghost) {
    entries.push({
      text: t('train_felt_run', { number: ghost.number }),
      colour: runLine(train.colours, ghost.number).colour,
      dashed: false,
      opacity: 0.45,
    });
  }
  return entries;
}

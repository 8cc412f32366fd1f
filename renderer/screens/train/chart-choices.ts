/** The choices of the charts, and the values at their cursor. */
import type { ValueAxis } from '../../charts/loss-axis.ts';
import type { IconName } from '../../components/icons.ts';
import { t } from '../../text/text.svelte.ts';
import type { TrainState } from './train-state.svelte.ts';

/** β of the moving averages on offer. */
const smoothings = [0, 0.6, 0.9, 0.99] as const;

interface ChartItem {
  label: string;
  onselect: () => void;
  icon?: IconName;
  disabled?: boolean;
}

export function chartItems(train: TrainState): (ChartItem | 'line')[] {
  const { view, ghost } = train;
  const chosen = (isChosen: boolean): { icon?: IconName } => (isChosen ? { icon: 'check' } : {});
  return [
    ...smoothings.map((beta) => ({
      label: beta === 0 ? t('train_smoothing_off') : t('train_smoothing', { beta }),
      ...chosen(view.smoothing === beta),
      onselect: () => {
        view.smoothing = beta;
      },
    })),
    'line',
    {
      label: t('train_log_epochs'),
      ...chosen(view.logEpochs),
      onselect: () => {
        view.logEpochs = !view.logEpochs;
      },
    },
    {
      label: t('train_ghost', { number: ghost.summary?.number ?? 0 }),
      disabled: ghost.summary === null,
      ...chosen(view.showsGhost && ghost.summary !== null),
      onselect: () => {
        view.showsGhost = !view.showsGhost;
      },
    },
  ];
}

/** The exact values at the cursor, of the run and of its validation part. */
export function lossDots(train: TrainState, axis: ValueAxis) {
  const { row, cursorColour: colour } = train;
  if (!row) return [];
  const dots = [{ value: axis.place(row.loss), colour, hollow: false }];
  if (row.validationLoss !== null) dots.push({ value: axis.place(row.validationLoss), colour, hollow: true });
  return dots;
}

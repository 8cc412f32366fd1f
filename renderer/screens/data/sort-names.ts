import type { SortKey } from '../../../engine/data/row-operations.ts';
import { t } from '../../text/text.svelte.ts';

/** What rows are put in order by, as the columns are called. */
export function sortName(by: SortKey, isLabel: boolean): string {
  if (by === 'input' || by === 'target')
    return t(by === 'target' && isLabel ? 'data_line_label' : `data_line_${by}`);
  return t(`data_column_${by}`);
}

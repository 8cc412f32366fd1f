import type { SortKey } from '../../../engine/data/row-operations.ts';
import { t } from '../../text/text.svelte.ts';

/** The name of what rows are sorted by, as in the column heads. */
export function sortName(by: SortKey, isLabel: boolean): string {
  if (by === 'input' || by === 'target')
    return t(by === 'target' && isLabel ? 'data_line_label' : `data_line_${by}`);
  return t(`data_column_${by}`);
}

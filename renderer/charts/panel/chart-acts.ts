/** What can be done with every chart: the one list that its menu and its keys read. */
import type { IconName } from '../../components/icons.ts';
import type { TextKey } from '../../text/text.svelte.ts';

export interface ChartAct {
  label: TextKey;
  icon: IconName;
  /** Acts while the chart, or something in it, has the focus. */
  key?: string;
  /** What the chart must have. */
  needs: 'nothing' | 'epoch' | 'picture' | 'numbers';
}

export const chartActs = {
  full: { label: 'chart_full', icon: 'full-screen', key: 'f', needs: 'nothing' },
  pin: { label: 'chart_pin', icon: 'pin', key: 'p', needs: 'epoch' },
  table: { label: 'chart_table', icon: 'table', key: 't', needs: 'numbers' },
  png: { label: 'chart_png', icon: 'download', needs: 'picture' },
  svg: { label: 'chart_svg', icon: 'download', needs: 'picture' },
  csv: { label: 'chart_csv', icon: 'download', needs: 'numbers' },
} as const satisfies Record<string, ChartAct>;

export type ChartActName = keyof typeof chartActs;
export const chartActNames = Object.keys(chartActs) as ChartActName[];

import type { RunSummary } from '../../main/api.ts';
import type { IconName } from '../components/icons.ts';

export type ScreenName = 'data' | 'model' | 'train' | 'export';

/** The screens that exist, in the order of work; their places are the keys 1, 2, … */
export const SCREENS: readonly { name: ScreenName; icon: IconName }[] = [
  { name: 'data', icon: 'data' },
  { name: 'model', icon: 'model' },
  { name: 'train', icon: 'train' },
  { name: 'export', icon: 'export' },
];

/** Where the window stands; nothing of this is stored. */
export class ShellState {
  screen = $state<ScreenName>('data');
  shortcutsOpen = $state(false);
  renameOpen = $state(false);
  takeOverOpen = $state(false);
  preferencesOpen = $state(false);
  /** Runs that closing would interrupt, while the user is asked what becomes of them; null: nobody is asked. */
  closing = $state.raw<RunSummary[] | null>(null);
  /** The window itself is to be closed: it waits for that answer, or has it. */
  leaving = $state<'no' | 'asks' | 'yes'>('no');
  /** The row of the data grid that is chosen, by its id. */
  rowId = $state<number | null>(null);
}

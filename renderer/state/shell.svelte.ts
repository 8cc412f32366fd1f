import type { RunSummary } from '../../main/api.ts';

/** In the order of work; their places are the keys 1, 2, … What each is drawn with: screens/screens.ts. */
export const screenNames = ['data', 'model', 'train', 'export'] as const;

export type ScreenName = (typeof screenNames)[number];

/** Opening the bar that finds, to find or to replace, and going through what was found. */
export type FindAct = 'find' | 'replace' | 'next' | 'previous';

/** Where the window stands; nothing of this is stored. */
export class ShellState {
  screen = $state<ScreenName>('data');
  shortcutsOpen = $state(false);
  renameOpen = $state(false);
  takeOverOpen = $state(false);
  preferencesOpen = $state(false);
  /** Runs that closing would interrupt, while the user is asked what should happen to them; null when not asking. */
  closing = $state.raw<RunSummary[] | null>(null);
  /** The window itself is to be closed: it waits for that answer, or has it. */
  leaving = $state<'no' | 'asks' | 'yes'>('no');
  /** The row of the data grid that is chosen, by its id. */
  rowId = $state<number | null>(null);
  /** Set by the screen that shows samples; null: none does. */
  find = $state.raw<((act: FindAct) => void) | null>(null);
}

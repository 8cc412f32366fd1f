import type { RunSummary } from '../../main/api.ts';

/**
 * The screens in the order of work; their positions are the keys 1, 2, … screens/screens.ts maps each to
 * its component.
 */
export const screenNames = ['data', 'model', 'train', 'inspect', 'export'] as const;

export type ScreenName = (typeof screenNames)[number];

/** Opens the find bar, to find or to replace, or goes to the next or previous hit. */
export type FindAct = 'find' | 'replace' | 'next' | 'previous';

/** What the window shows; none of this is stored in the project. */
export class ShellState {
  screen = $state<ScreenName>('data');
  shortcutsOpen = $state(false);
  renameOpen = $state(false);
  takeOverOpen = $state(false);
  preferencesOpen = $state(false);
  /**
   * The runs that closing would interrupt, while the user is asked what should happen to them; null when
   * not asking.
   */
  closing = $state.raw<RunSummary[] | null>(null);
  /** 'asks': the window is about to close and waits for the user's answer. 'yes': the user agreed. */
  leaving = $state<'no' | 'asks' | 'yes'>('no');
  /** The id of the chosen row of the data grid. */
  rowId = $state<number | null>(null);
  /** Set by the screen that shows samples; null: no such screen is shown. */
  find = $state.raw<((act: FindAct) => void) | null>(null);
}

import { MediaQuery } from 'svelte/reactivity';
import type { Preferences } from '../../main/api.ts';

const systemIsDark = new MediaQuery('(prefers-color-scheme: dark)');

/** The theme that is shown: the user's choice, else the system's, which may change at any time. */
export function shownTheme({ theme }: Pick<Preferences, 'theme'>): 'light' | 'dark' {
  return theme ?? (systemIsDark.current ? 'dark' : 'light');
}

/**
 * The state classes, made once by App.svelte and passed by typed context:
 * `const { lab, project, run } = getState()` at the top of a component's script.
 */
import { createContext } from 'svelte';
import type { ChooserState } from './chooser.svelte.ts';
import type { ImportState } from './importing.svelte.ts';
import type { LabState } from './lab.svelte.ts';
import type { LookedAt } from './looked-at.svelte.ts';
import type { ProjectState } from './project.svelte.ts';
import type { RunState } from './run.svelte.ts';
import type { ShellState } from './shell.svelte.ts';

export interface WindowState {
  lab: LabState;
  project: ProjectState;
  run: RunState;
  /** Which moment of the run on screen is looked at. */
  look: LookedAt;
  shell: ShellState;
  /** `await chooser.choose(…)`: a path, on any host. */
  chooser: ChooserState;
  /** A file on its way into the draft. */
  importing: ImportState;
}

export const [getState, setState] = createContext<WindowState>();

/**
 * App.svelte makes the state classes once and passes them by typed context:
 * `const { lab, project, run } = getState()` at the top of a component's script.
 */
import { createContext } from 'svelte';
import type { ChooserState } from './chooser.svelte.ts';
import type { Cursor } from './cursor.svelte.ts';
import type { HandEdits } from './hand-edits.svelte.ts';
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
  /** Where the window looks inside that moment. */
  cursor: Cursor;
  /** Weights of the run on screen that are set by hand. */
  edits: HandEdits;
  shell: ShellState;
  /** `await chooser.choose(…)` gives a path, on any host. */
  chooser: ChooserState;
  /** The file that is being imported into the draft. */
  importing: ImportState;
}

export const [getState, setState] = createContext<WindowState>();

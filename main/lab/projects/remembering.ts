/** Keeps the list of recent projects up to date while they are open, so that it survives a lab that is killed. */
import { logDefect } from '../../defects.ts';
import type { Settings } from '../settings.ts';
import type { OpenProject } from './open-project.ts';

const rememberAfterMs = 500;

export interface Remembering {
  rememberNow(project: OpenProject): void;
  rememberSoon(project: OpenProject): void;
}

/** @param isOpen whether a project is still open. Whoever closes a project remembers it. */
export function createRemembering(
  settings: Settings,
  isOpen: (project: OpenProject) => boolean,
): Remembering {
  const unremembered = new Set<OpenProject>();

  /** Puts the project on the list at once, because the next start must know where it is kept. */
  function rememberNow(project: OpenProject): void {
    // A failure loses nothing of the project, and kept copies are found without the list.
    settings.remember(project.recent()).catch(logDefect);
  }

  /**
   * Puts the project on the list soon, but at most twice a second: stepping through epochs must not write it each time.
   */
  function rememberSoon(project: OpenProject): void {
    if (unremembered.size === 0) {
      setTimeout(() => {
        for (const one of unremembered) if (isOpen(one)) void settings.remember(one.recent()).catch(() => {});
        unremembered.clear();
      }, rememberAfterMs).unref();
    }
    unremembered.add(project);
  }

  return { rememberNow, rememberSoon };
}

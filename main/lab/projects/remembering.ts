/** The list of recent projects, kept while they are worked on, so that it outlives a lab that is killed. */
import { logDefect } from '../../defects.ts';
import type { Settings } from '../settings.ts';
import type { OpenProject } from './open-project.ts';

const rememberAfterMs = 500;

export interface Remembering {
  rememberNow(project: OpenProject): void;
  rememberSoon(project: OpenProject): void;
}

/** @param isOpen one that has been closed since is remembered by whoever closed it. */
export function createRemembering(
  settings: Settings,
  isOpen: (project: OpenProject) => boolean,
): Remembering {
  const unremembered = new Set<OpenProject>();

  /** Where it is kept must be known at the next start, whenever that is. */
  function rememberNow(project: OpenProject): void {
    // Nothing of it is lost with its place on the list, and those that are kept are found without it.
    settings.remember(project.recent()).catch(logDefect);
  }

  /** The list of recent projects outlives a lab that is killed; stepping through epochs must not write it each time. */
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

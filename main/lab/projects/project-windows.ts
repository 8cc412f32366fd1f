/** The windows that show a project, and what they were told of its runs. */
import type { LabEvents, RunSummary } from '../../api.ts';

export interface ProjectWindows
  extends Pick<LabEvents, 'draftChanged' | 'runChanged' | 'runRemoved' | 'epochsArrived' | 'projectChanged'> {
  readonly all: Set<LabEvents>;
  /** Each run as they were told of it last. */
  told(): Iterable<RunSummary>;
}

/** `runs`: as they stand in the file. `onRunStatus`: a run stands otherwise than it was told of before. */
export function createProjectWindows(runs: readonly RunSummary[], onRunStatus: () => void): ProjectWindows {
  const all = new Set<LabEvents>();
  const told = new Map(runs.map((run) => [run.id, run]));
  return {
    all,
    told: () => told.values(),
    draftChanged(event) {
      for (const window of all) window.draftChanged(event);
    },
    runChanged(event) {
      if (told.get(event.id)?.state.status !== event.state.status) onRunStatus();
      told.set(event.id, event);
      for (const window of all) window.runChanged(event);
    },
    runRemoved(event) {
      told.delete(event.runId);
      for (const window of all) window.runRemoved(event);
    },
    epochsArrived(event) {
      for (const window of all) window.epochsArrived(event);
    },
    projectChanged(event) {
      for (const window of all) window.projectChanged(event);
    },
  };
}

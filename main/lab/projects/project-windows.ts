/** The windows that show a project, and the run summaries that they were told. */
import type { LabEvents, RunSummary } from '../../api.ts';

export interface ProjectWindows
  extends Pick<LabEvents, 'draftChanged' | 'runChanged' | 'runRemoved' | 'epochsArrived' | 'projectChanged'> {
  readonly all: Set<LabEvents>;
  /** Each run's summary as last told to the windows. */
  told(): Iterable<RunSummary>;
}

/** `runs`: the summaries in the file. `onRunStatus` is called when a run's status differs from what was told before. */
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

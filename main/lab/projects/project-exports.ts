/** A run's exports, from its current state or from a past epoch. */
import type { Result } from '../../../engine/errors.ts';
import type { ExportPreview, ExportRequest, ExportWritten } from '../../api.ts';
import type { ProjectFile } from '../../project/project-file.ts';
import { type ExportedMoment, previewExport, writeExport } from '../files/exports.ts';
import type { LookOptions, TimeMachine } from '../inspecting/time-machine.ts';
import type { LiveRuns } from '../runs/live-runs.ts';

export interface ProjectExports {
  previewExport(request: ExportRequest, look: LookOptions): Promise<Result<ExportPreview>>;
  export(
    request: ExportRequest & { path: string; overwrite: boolean },
    look: LookOptions,
  ): Promise<Result<ExportWritten>>;
}

export function createProjectExports({
  file,
  runs,
  past,
}: {
  file: ProjectFile;
  runs: LiveRuns;
  past: TimeMachine;
}): ProjectExports {
  /**
   * Exports the current state, after saving what the engine has, or a past moment, which changes nothing in the file.
   */
  async function withExported<T>(
    { runId, at = 'now' }: ExportRequest,
    look: LookOptions,
    write: (moment: ExportedMoment | null) => Result<T> | Promise<Result<T>>,
  ): Promise<Result<T>> {
    if (at === 'now') {
      await runs.saveNow(runId);
      return write(null);
    }
    const state = await past.state(runId, at, look);
    if (!state.ok) return state;
    const { epoch, checkpoint } = state.value;
    return write({ epoch, weights: checkpoint.weights });
  }

  return {
    previewExport: (request, look) =>
      withExported(request, look, (weights) => previewExport(file, request, weights)),
    export: (request, look) => withExported(request, look, (weights) => writeExport(file, request, weights)),
  };
}

import { type Result, success } from '../../../engine/errors.ts';
import type { ShapesExperiment } from '../../../engine/model/experiment.ts';
import type { LabEvents, RunSummary } from '../../api.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import type { Keeper } from '../../project/keeper.ts';
import { insertRun, readRunSummary, storeShapes, storeState } from '../../project/run-store.ts';

export interface ShapesRunOptions {
  keeper: Keeper;
  engine: EngineDoor;
  tell: Pick<LabEvents, 'runChanged'>;
}

/** Creates a shapes run, which trains nothing: its report is made at once, and it is finished. */
export async function createShapesRun(
  { keeper, engine, tell }: ShapesRunOptions,
  experiment: ShapesExperiment,
): Promise<Result<RunSummary>> {
  const shown = await engine.showShapes(experiment);
  if (!shown.ok) return shown;
  const made = keeper.write((database) => {
    const runId = insertRun(database, experiment);
    const { progress } = readRunSummary(database, runId)!;
    storeShapes(database, runId, shown.value);
    storeState(database, runId, { status: 'finished', reason: 'epochs' }, progress);
    return readRunSummary(database, runId)!;
  });
  if (!made.ok) return made;
  tell.runChanged(made.value);
  return success(made.value, shown.warnings);
}

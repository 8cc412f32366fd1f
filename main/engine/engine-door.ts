/**
 * `EngineApi` as it goes between the processes: types only. Weights travel as the bytes that the project file keeps,
 * because a million numbers one by one would hold up whoever takes them apart.
 */
import type { EngineApi, EngineEvents, InspectionApi, OpenRun, RunOpened } from '../../engine/api.ts';
import type { Result } from '../../engine/errors.ts';
import type { PackedCheckpoint } from '../project/checkpoint-store.ts';

export interface EngineDoor extends Omit<EngineApi, 'openRun' | 'getCheckpoint'>, InspectionApi {
  openRun(request: OpenRun): Promise<Result<PackedOpened>>;
  getCheckpoint(runId: string): Promise<PackedCheckpoint>;
}

export interface PackedOpened extends Omit<RunOpened, 'initialWeights'> {
  /** A safetensors file. */
  initialWeights: Uint8Array;
}

export interface EngineDoorEvents extends Omit<EngineEvents, 'checkpoint'> {
  checkpoint(event: { runId: string; checkpoint: PackedCheckpoint }): void;
  /** The last words of a process that ends because of an error of its own. */
  dying(event: { name: string; message: string }): void;
}

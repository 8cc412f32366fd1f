/** What the engine process answers, and what it tells: types only. */
import type { EngineApi, EngineEvents, InspectionApi, ReplayApi } from '../../engine/api.ts';
import type { RunningEngine } from '../api.ts';

export interface EngineDoor extends EngineApi, InspectionApi, ReplayApi {
  describe(): Promise<RunningEngine>;
}

/** The whole process's, beside what each project asks of it. */
export interface EngineProcessDoor extends EngineDoor {
  /** For large runs opened from now on; null: as many as are best here. */
  setThreads(threads: number | null): Promise<RunningEngine>;
}

/** As they go between the processes. */
export interface EngineDoorEvents extends Omit<EngineEvents, 'epochs'> {
  /**
   * Rows as bytes (node:v8, serialize): who only passes them on need not take them apart. The answer says that they were
   * taken.
   */
  epochs(event: { runId: string; rows: Uint8Array }): void;
  /** The last words of a process that ends because of an error of its own. */
  dying(event: { name: string; message: string }): void;
}

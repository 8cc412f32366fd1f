/** The calls that the engine process answers and the events that it sends; types only. */
import type { EngineApi, EngineEvents, InspectionApi, ReplayApi } from '../../engine/api.ts';
import type { RunningEngine } from '../api.ts';

export interface EngineDoor extends EngineApi, InspectionApi, ReplayApi {
  describe(): Promise<RunningEngine>;
}

/** The calls of a project, and those that concern the whole process. */
export interface EngineProcessDoor extends EngineDoor {
  /** Sets the threads for large runs opened from now on; null: the number that is best on this computer. */
  setThreads(threads: number | null): Promise<RunningEngine>;
}

/** The engine's events as they are sent between processes. */
export interface EngineDoorEvents extends Omit<EngineEvents, 'epochs'> {
  /**
   * Rows as bytes (node:v8, serialize), so that processes that only pass them on need not parse them. The answer
   * confirms that they were taken.
   */
  epochs(event: { runId: string; rows: Uint8Array }): void;
  /** The error of a process that is about to end because of it. */
  dying(event: { name: string; message: string }): void;
}

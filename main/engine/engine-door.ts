/** What the engine process answers, and what it tells: types only. */
import type { EngineApi, EngineEvents, InspectionApi } from '../../engine/api.ts';

export interface EngineDoor extends EngineApi, InspectionApi {}

export interface EngineDoorEvents extends EngineEvents {
  /** The last words of a process that ends because of an error of its own. */
  dying(event: { name: string; message: string }): void;
}

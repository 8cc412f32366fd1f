/** The engine's service behind the process's door: weights packed as the project file keeps them. */
import type { EngineApi, EngineEvents, InspectionApi, RunCheckpoint } from '../../engine/api.ts';
import { success } from '../../engine/errors.ts';
import { writeSafetensors } from '../../engine/formats/safetensors.ts';
import { weightsDocument } from '../../engine/formats/weights.ts';
import type { SequenceExperiment } from '../../engine/model/experiment.ts';
import type { PackedCheckpoint } from '../project/checkpoint-store.ts';
import type { EngineDoor, EngineDoorEvents } from './engine-door.ts';

interface Packed {
  experiment: SequenceExperiment;
  /** Of the last epoch that was told. */
  loss: number | null;
}

/** `create` makes the service for the events that it is given. */
export function packWeights(
  create: (events: EngineEvents) => EngineApi & InspectionApi,
  events: EngineDoorEvents,
): EngineDoor {
  const runs = new Map<string, Packed>();

  function pack(runId: string, { epoch, bytes, weights }: RunCheckpoint): PackedCheckpoint {
    const { experiment, loss } = runs.get(runId)!;
    const trained = { epochs: epoch, loss, seed: experiment.training.seed };
    return { epoch, state: bytes, weights: writeSafetensors(weightsDocument(experiment, weights, trained)) };
  }

  const service = create({
    epochs(event) {
      const run = runs.get(event.runId);
      if (run) run.loss = event.rows.at(-1)?.loss ?? run.loss;
      events.epochs(event);
    },
    checkpoint: ({ runId, checkpoint }) => events.checkpoint({ runId, checkpoint: pack(runId, checkpoint) }),
    state: (event) => events.state(event),
  });

  return {
    ...service,
    async openRun(request) {
      const opened = await service.openRun(request);
      if (!opened.ok) return opened;
      const experiment = request.experiment as SequenceExperiment;
      runs.set(request.runId, { experiment, loss: null });
      const initialWeights = writeSafetensors(weightsDocument(experiment, opened.value.initialWeights, null));
      return success({ ...opened.value, initialWeights }, opened.warnings);
    },
    async getCheckpoint(runId) {
      return pack(runId, await service.getCheckpoint(runId));
    },
    async closeRun(runId) {
      await service.closeRun(runId);
      runs.delete(runId);
    },
  };
}

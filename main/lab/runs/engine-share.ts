/**
 * Run ids in the engine. The engine holds the runs of all projects, and each project numbers its own from 1, so ids
 * carry the project's prefix.
 */
import type { EngineEvents, WeightsSource } from '../../../engine/api.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';

/** The engine as one project sees it: puts the project's prefix before each run id. */
export function shareOf(engine: EngineDoor, prefix: string): EngineDoor {
  const full = (runId: string) => `${prefix}:${runId}`;
  function ofRun(source: WeightsSource): WeightsSource {
    switch (source.kind) {
      case 'run':
      case 'past':
        return { ...source, runId: full(source.runId) };
      case 'patched':
        return { ...source, from: ofRun(source.from) };
      case 'file':
        return source;
    }
  }
  return {
    describe: () => engine.describe(),
    openRun: (request) => engine.openRun({ ...request, runId: full(request.runId) }),
    planRun: (experiment) => engine.planRun(experiment),
    controlRun: (runId, command) => engine.controlRun(full(runId), command),
    getCheckpoint: (runId) => engine.getCheckpoint(full(runId)),
    closeRun: (runId) => engine.closeRun(full(runId)),
    ask: (source, question) => engine.ask(ofRun(source), question),
    explainBatch: (request) => engine.explainBatch(request),
    showShapes: (experiment) => engine.showShapes(experiment),
    findPast: (past) => engine.findPast({ ...past, runId: full(past.runId) }),
    openReplay: (request) => engine.openReplay({ ...request, runId: full(request.runId) }),
    replay: (request) => engine.replay({ ...request, runId: full(request.runId) }),
    getPast: (past) => engine.getPast({ ...past, runId: full(past.runId) }),
    makeBranch: (request) => engine.makeBranch(request),
    closeReplay: (runIds) => engine.closeReplay(runIds.map(full)),
  };
}

type RunEvents = EngineEvents;

/** Delivers each event to the project of its run. Events for a project that is gone are dropped. */
export function deliverTo(find: (prefix: string) => RunEvents | null): RunEvents {
  const route = (id: string) => {
    const [prefix, runId] = id.split(':') as [string, string];
    return { to: find(prefix), runId };
  };
  return {
    epochs(event) {
      const { to, runId } = route(event.runId);
      to?.epochs({ ...event, runId });
    },
    checkpoint(event) {
      const { to, runId } = route(event.runId);
      to?.checkpoint({ ...event, runId });
    },
    state(event) {
      const { to, runId } = route(event.runId);
      to?.state({ ...event, runId });
    },
  };
}

/** Pure rules: which commands a run accepts, and the result of changing its settings. */
import type { LiveSettings, RunCommand, RunState } from '../../../engine/api.ts';
import { checkTraining } from '../../../engine/data/check-training.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { TrainingSpec } from '../../../engine/model/experiment.ts';
import type { RunSummary } from '../../api.ts';

/** The problem of a run that the project does not have. */
export function unknownRun(runId: string): Problem {
  return problem('run-missing', '', `run ${runId}: this project has no such run`, { runId });
}

/** Whether the command makes a run train. */
export function makesTrain({ kind }: RunCommand): boolean {
  return kind === 'run' || kind === 'step-epoch' || kind === 'step-batch';
}

/** Whether a run is finished, stopped or diverged. */
export function hasEnded({ state }: RunSummary): boolean {
  return state.status === 'finished' || state.status === 'stopped' || state.status === 'diverged';
}

/** The state of a run that no engine trains any more. */
export function stateAtRest(state: RunState): RunState {
  return state.status === 'running' ? { status: 'paused' } : state;
}

/** Why a run refuses the command; null if it accepts it. */
export function whyNot(run: RunSummary, command: RunCommand): Problem | null {
  if (!makesTrain(command)) return null;
  const { number, progress, epochs, state } = run;
  if (run.kind === 'shapes') {
    return problem('run-has-no-epochs', '', `run ${number} shows shapes; it has no epochs`, { number });
  }
  if (state.status === 'diverged') {
    const message = `run ${number} has diverged (${state.problem.message}); change a setting and start a new run`;
    const { code, details } = state.problem;
    return problem('run-diverged', '', message, { ...details, number, cause: code });
  }
  // A run that was interrupted between its last checkpoint and its end passes here; the engine reports that it has
  // ended.
  if (hasEnded(run) && progress.epoch >= epochs) {
    const message = `run ${number} has done its ${epochs} epochs; raise the number or start a new run`;
    return problem('run-finished', '', message, { number, epochs });
  }
  return null;
}

/** The training settings with the changes applied, unchecked. */
export function putSettings(before: TrainingSpec, { lr, ...others }: LiveSettings): TrainingSpec {
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  const optimizer = lr === undefined ? before.optimizer : { ...before.optimizer, lr };
  return { ...before, ...given, optimizer };
}

/** The training settings with the changes applied, or everything that is wrong with them. */
export function changeTraining(before: TrainingSpec, settings: LiveSettings): Result<TrainingSpec> {
  const training = putSettings(before, settings);
  const problems = checkTraining(training);
  return problems.length > 0 ? failure(...problems) : success(training);
}

/** Where a new run begins that branches off from another. */
import type { RunCheckpoint } from '../../../engine/api.ts';
import type { Draft } from '../../../engine/data/draft.ts';
import { draftDataset } from '../../../engine/data/draft-experiment.ts';
import { type Result, success } from '../../../engine/errors.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import type { BranchRequest } from '../../api.ts';
import type { EngineDoor } from '../../engine-process/engine-door.ts';
import { answered } from '../runs/answered.ts';
import type { LiveRuns } from '../runs/live-runs.ts';
import { changeDocument, documentAt } from './branch-document.ts';
import type { LookOptions, PastState, TimeMachine } from './time-machine.ts';

export interface BranchStart {
  /** Whose epoch it is: of a branch's earlier epoch, its parent. */
  parent: string;
  epoch: number;
  experiment: SequenceExperiment;
  checkpoint: RunCheckpoint;
}

export interface BranchingOptions {
  past: TimeMachine;
  runs: LiveRuns;
  /** That replays. */
  looking: EngineDoor;
  draft(): Draft;
}

export async function startBranch(
  { runId, epoch, change, weights = [] }: Omit<BranchRequest, 'label'>,
  { past, runs, looking, draft }: BranchingOptions,
  look: LookOptions,
): Promise<Result<BranchStart>> {
  const reached = await past.state(runId, epoch, look);
  if (!reached.ok) return reached;
  const { run, checkpoint } = reached.value;
  const from = settledDocument(reached.value, runs);
  const to = changeDocument(from, change, run.number, (warnings) => draftDataset(draft(), warnings));
  if (!to.ok) return to;
  const request = { from, to: to.value, state: checkpoint.state, values: [...weights] };
  const made = await answered(() => looking.makeBranch(request));
  if (!made.ok) return made;
  const start = { parent: run.runId, epoch, experiment: to.value, checkpoint: made.value };
  return success(start, [...to.warnings, ...made.warnings]);
}

/** Where the run stands at that epoch and no engine has it, with what was changed since: it goes on with that. */
function settledDocument(state: PastState, runs: LiveRuns): SequenceExperiment {
  const document = documentAt(state);
  const { runId } = state.run;
  const now = runs.get(runId);
  if (!now.ok || runs.isInEngine(runId)) return document;
  const { epoch, batch } = now.value.summary.progress;
  const stands = epoch === state.epoch && batch === 0;
  return stands ? { ...document, training: now.value.experiment.training } : document;
}

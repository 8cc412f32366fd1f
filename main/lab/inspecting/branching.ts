/** The state and the document with which a branch begins. */
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
  /** The run that the epoch belongs to: an ancestor if the run itself branched off later. */
  parent: string;
  epoch: number;
  experiment: SequenceExperiment;
  checkpoint: RunCheckpoint;
}

export interface BranchingOptions {
  past: TimeMachine;
  runs: LiveRuns;
  /** The engine that replays. */
  looking: EngineDoor;
  draft(): Draft;
}

/**
 * Reaches the parent's state after the epoch, by a replay if needed, and makes the branch's first state from it. Stores
 * nothing. Fails as a look does, and if the change does not fit the run.
 */
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

/**
 * The document from which the branch starts. If the run rests at that very epoch and no engine has it, the document
 * includes settings changed since, because the run would continue with them.
 */
function settledDocument(state: PastState, runs: LiveRuns): SequenceExperiment {
  const document = documentAt(state);
  const { runId } = state.run;
  const now = runs.get(runId);
  if (!now.ok || runs.isInEngine(runId)) return document;
  const { epoch, batch } = now.value.summary.progress;
  const stands = epoch === state.epoch && batch === 0;
  return stands ? { ...document, training: now.value.experiment.training } : document;
}

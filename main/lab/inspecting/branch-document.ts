/** The document of a branch: its parent's after the epoch, with one change. Pure. */
import { isDrawnByChance } from '../../../engine/data/chance.ts';
import { documentVersion } from '../../../engine/data/later-fields.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { Dataset, SequenceDataset, SequenceExperiment } from '../../../engine/model/experiment.ts';
import type { BranchChange } from '../../api.ts';
import { changeTraining, putSettings } from '../runs/command-rules.ts';
import type { PastMoment } from './past-run.ts';

/** The run's document at a moment: its settings after that epoch, including changes made right there. */
export function documentAt({ run, epoch }: PastMoment): SequenceExperiment {
  const made = run.changes.filter(
    (change) => change.epoch < epoch || (change.epoch === epoch && change.batch === 0),
  );
  const { experiment } = run;
  const training = made.reduce((before, { settings }) => putSettings(before, settings), experiment.training);
  return { ...experiment, training };
}

/**
 * The document with the change applied. `data` returns the project's current data; it is called only if the change is
 * one of data.
 */
export function changeDocument(
  before: SequenceExperiment,
  change: BranchChange,
  number: number,
  data: (warnings: Problem[]) => Dataset,
): Result<SequenceExperiment> {
  const { training } = before;
  switch (change.kind) {
    case 'none':
      return success(before);
    case 'setting': {
      const changed = changeTraining(training, change.settings);
      return changed.ok ? success({ ...before, training: changed.value }) : changed;
    }
    case 'optimizer':
      return success({ ...before, training: { ...training, optimizer: change.optimizer } });
    case 'seed':
      if (!isDrawnByChance(before)) return failure(nothingDrawn(number));
      return success({ ...before, training: { ...training, seed: change.seed } });
    case 'data': {
      const warnings: Problem[] = [];
      const dataset = data(warnings);
      if (dataset.task === 'shapes')
        return failure(differs(number, 'task', before.dataset.task, dataset.task));
      const unfit = findUnfit(number, before.dataset, dataset);
      if (unfit) return failure(unfit);
      const version = documentVersion({ ...before, dataset });
      return success({ ...before, version, dataset }, warnings);
    }
  }
}

/** The problem of a new seed that draws nothing: every number of the branch would equal its parent's. */
function nothingDrawn(number: number): Problem {
  const message =
    `run ${number} draws nothing by chance after its first weights: its samples are not shuffled and no unit drops out; ` +
    'a branch with another seed would be the same again';
  return problem('branch-seed-idle', 'seed', message, { number });
}

/**
 * Why the project's data does not fit the run's weights, which stand for its tokens in their order; null if it fits.
 */
function findUnfit(number: number, run: SequenceDataset, now: SequenceDataset): Problem | null {
  for (const what of ['task', 'tokens'] as const) {
    if (run[what] !== now[what]) return differs(number, what, run[what], now[what]);
  }
  for (const what of ['vocabulary', 'targetVocabulary'] as const) {
    const [had, has] = [run[what], now[what]];
    if (had.length === has.length && had.every((token, i) => token === has[i])) continue;
    return differs(number, what, listed(had), listed(has));
  }
  return null;
}

const listed = (tokens: readonly string[]) =>
  `${tokens.length} (${tokens
    .slice(0, 20)
    .map((token) => JSON.stringify(token))
    .join(' ')}${tokens.length > 20 ? ' …' : ''})`;

const words = {
  task: 'task',
  tokens: 'kind of tokens',
  vocabulary: 'vocabulary',
  targetVocabulary: 'target vocabulary',
};

function differs(number: number, what: keyof typeof words, had: string, has: string): Problem {
  const message =
    `the data's ${words[what]} is ${has}, run ${number}'s is ${had}; ` +
    'a branch keeps the weights of its run, which stand for its own tokens in their order';
  return problem('branch-data-differs', 'data', message, { number, what, had, has });
}

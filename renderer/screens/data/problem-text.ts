import type { DraftProblem } from '../../../engine/data/draft-problems.ts';
import { problemText, t } from '../../text/text.svelte.ts';

/** A row's problem in the few words that fit beside it. */
export function shortProblem({ problem, field }: DraftProblem): string {
  const { details } = problem;
  switch (problem.code) {
    case 'unequal-length': {
      const missing = Number(details.inputTokens) - Number(details.targetTokens);
      return missing > 0
        ? t('data_problem_target_short', { count: missing })
        : t('data_problem_target_long', { count: -missing });
    }
    case 'unknown-token':
      return t('data_problem_unknown', { token: String(details.token) });
    case 'empty-input':
    case 'empty-target':
      return field === 'input' ? t('data_problem_empty_input') : t('data_problem_empty_target');
    case 'too-short':
      return t('data_problem_too_short');
    default:
      return problemText(problem);
  }
}

/** The same as a line of the list, naming both sides. */
export function listedProblem({ problem, ...found }: DraftProblem): string {
  if (problem.code !== 'unequal-length') return shortProblem({ problem, ...found });
  return t('data_problem_unequal', {
    input: Number(problem.details.inputTokens),
    target: Number(problem.details.targetTokens),
  });
}

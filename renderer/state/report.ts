import type { Problem, Result } from '../../engine/errors.ts';
import { problemText, t } from '../text/text.svelte.ts';
import { showProblem } from './toasts.svelte.ts';

/** Waits for what the user asked for; if it did not happen, says why in a toast. True: it happened. */
export async function report<T>(asked: Promise<Result<T>>): Promise<boolean> {
  try {
    const result = await asked;
    if (!result.ok) showProblem(() => saidProblems(result.problems));
    return result.ok;
  } catch (error) {
    showDefect(error);
    return false;
  }
}

/** The problem from which the others follow (without rows there is no vocabulary either), and how many those are. */
export function saidProblems(problems: readonly Problem[]): string {
  const first = problems.find(({ code }) => code === 'no-usable-row') ?? problems[0];
  const lines = first ? [problemText(first)] : [];
  if (problems.length > 1) lines.push(t('shell_more_problems', { count: problems.length - 1 }));
  return lines.join('\n');
}

/** Codes of engine/data/check-unused.ts; rows that stay out of a run are said beside them. */
const withoutEffect = /^(unused-|impossible-token$)/;

/** Says what of the draft the run that was just made has no use for, the first three. */
export function showWithoutEffect(warnings: readonly Problem[]): void {
  const said = warnings.filter(({ code }) => withoutEffect.test(code));
  for (const warning of said.slice(0, 3)) showProblem(() => problemText(warning));
}

/** Something that no user can cause. */
export function showDefect(error: unknown): void {
  showProblem(() => t('shell_defect', { message: messageOf(error) }), null, 'lab');
}

/** An error of main comes over the line as an object with its message. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

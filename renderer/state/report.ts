import type { Problem, Result } from '../../engine/errors.ts';
import { problemText, t } from '../text/text.svelte.ts';
import { showProblem } from './toasts.svelte.ts';

/**
 * Waits for something that the user asked for and shows a toast with the reason if it failed. True: it
 * succeeded.
 */
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

/**
 * The problem that causes the others (without rows, for example, there is no vocabulary either), and how
 * many others there are.
 */
export function saidProblems(problems: readonly Problem[]): string {
  const first = problems.find(({ code }) => code === 'no-usable-row') ?? problems[0];
  const lines = first ? [problemText(first)] : [];
  if (problems.length > 1) lines.push(t('shell_more_problems', { count: problems.length - 1 }));
  return lines.join('\n');
}

/**
 * Codes of engine/data/check-unused.ts. The grid marks rows that stay out of a run, so they are not
 * repeated here.
 */
const withoutEffect = /^(unused-|impossible-token$)/;

/** Names what the new run makes no use of in the draft: the first three warnings. */
export function showWithoutEffect(warnings: readonly Problem[]): void {
  const said = warnings.filter(({ code }) => withoutEffect.test(code));
  for (const warning of said.slice(0, 3)) showProblem(() => problemText(warning));
}

/** Shows an error that no action of a user should be able to cause. */
export function showDefect(error: unknown): void {
  showProblem(() => t('shell_defect', { message: messageOf(error) }), null, 'lab');
}

/** An error of main crosses the connection as a plain object with a message. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

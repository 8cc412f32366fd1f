import type { Problem, Result } from '../../engine/errors.ts';
import { problemText, t } from '../text/text.svelte.ts';
import { showProblem } from './toasts.svelte.ts';

/** Waits for what the user asked for; if it did not happen, says why in a toast. True: it happened. */
export async function report<T>(asked: Promise<Result<T>>): Promise<boolean> {
  try {
    const result = await asked;
    if (!result.ok) showProblem(saidProblems(result.problems));
    return result.ok;
  } catch (error) {
    showDefect(error);
    return false;
  }
}

/** The first problem, from which the others often follow, and how many there are beside it. */
export function saidProblems(problems: readonly Problem[]): string {
  const [first, ...others] = problems;
  const lines = first ? [problemText(first)] : [];
  if (others.length > 0) lines.push(t('shell_more_problems', { count: others.length }));
  return lines.join('\n');
}

/** Something that no user can cause. */
export function showDefect(error: unknown): void {
  showProblem(t('shell_defect', { message: error instanceof Error ? error.message : String(error) }));
}

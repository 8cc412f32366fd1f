import type { Result } from '../../engine/errors.ts';
import { problemText, t } from '../text/text.svelte.ts';
import { showProblem } from './toasts.svelte.ts';

/** Waits for what the user asked for; if it did not happen, says why in a toast. True: it happened. */
export async function report<T>(asked: Promise<Result<T>>): Promise<boolean> {
  try {
    const result = await asked;
    if (!result.ok) showProblem(result.problems.map(problemText).slice(0, 3).join('\n'));
    return result.ok;
  } catch (error) {
    showProblem(t('shell_defect', { message: error instanceof Error ? error.message : String(error) }));
    return false;
  }
}

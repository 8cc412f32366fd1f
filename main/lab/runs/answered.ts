import { failure, problem, type Result } from '../../../engine/errors.ts';
import { EngineLost } from '../../engine-process/supervisor.ts';

/**
 * Returns an engine's death during work as a problem, because it is not a defect of the call. Other errors propagate.
 */
export async function answered<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    const { message } = error.problem;
    return failure(
      problem('engine-lost', '', `${message} before it answered; try again`, { reason: message }),
    );
  }
}

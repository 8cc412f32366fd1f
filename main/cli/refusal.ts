import { type Problem, problem, type Result } from '../../engine/errors.ts';
import { say } from './terminal.ts';

/** The error of a wrong input: its problems are printed to standard error, and the command exits with 2. */
export class Refusal extends Error {
  readonly problems: Problem[];
  constructor(problems: Problem[]) {
    super(problems.map(({ message }) => message).join('\n'));
    this.problems = problems;
  }
}

/** A Refusal with one problem; the caller throws it. */
export function refuse(code: string, message: string): Refusal {
  return new Refusal([problem(code, '', message)]);
}

/** The result's value, after its warnings were printed to standard error. Throws a Refusal if there is none. */
export function unwrap<T>(result: Result<T>, place: string): T {
  if (!result.ok) throw new Refusal(result.problems.map((found) => inPlace(found, place)));
  for (const warning of result.warnings) say(`${place}: ${warning.message}`);
  return result.value;
}

function inPlace(found: Problem, place: string): Problem {
  return { ...found, message: `${place}: ${found.message}` };
}

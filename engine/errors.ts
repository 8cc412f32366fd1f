/**
 * Errors that a user can cause are values, never throws. A {@link Problem} names the place and both sides in one
 * sentence, so that the command line can print it as it is and the window can translate it by its code. Misuse
 * inside the code throws an ordinary Error with both sides in its message.
 */
export interface Problem {
  /** Stable, kebab-case; the window looks up its sentence and next step by it. */
  code: string;
  /** One English sentence: the place, what was found, what is needed. */
  message: string;
  /** Place in the document, written as in code: `dataset.samples[3].target`; empty for the whole document. */
  path: string;
  /** The values that the sentence names, for translation. */
  details: Record<string, string | number | boolean | null>;
}

/** A value with warnings (about unknown keys, for example), or all problems at once. */
export type Result<T> = { ok: true; value: T; warnings: Problem[] } | Failure;

export interface Failure {
  ok: false;
  problems: Problem[];
}

export function success<T>(value: T, warnings: Problem[] = []): Result<T> {
  return { ok: true, value, warnings };
}

export function failure(...problems: Problem[]): Failure {
  return { ok: false, problems };
}

export function problem(
  code: string,
  path: string,
  message: string,
  details: Problem['details'] = {},
): Problem {
  return { code, message, path, details };
}

/** A string as a sentence shows it: quoted, control characters escaped, cut off after 40 characters. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

export function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** Carries a problem across a call that can only throw, such as a message port's reply. */
export class LabError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'LabError';
    this.problem = problem;
  }
}

/**
 * JSON in the cells of a project file. It is checked, because another program or a failing disk may have damaged it.
 */
import * as v from 'valibot';
import { LabError, type Problem, problem } from '../../engine/errors.ts';

/**
 * Parses and checks a cell. `where` names the cell so that it can be found with the sqlite3 tool: `run 3, state`.
 * Throws a LabError that names it.
 */
export function readCell<T>(text: unknown, where: string, schema: v.GenericSchema<unknown, T>): T {
  let value: unknown;
  try {
    value = JSON.parse(String(text));
  } catch {
    throw damaged(where, 'it is not JSON');
  }
  return checkCell(value, where, schema);
}

/** Checks a cell's parsed value. Throws a LabError that names the cell. */
export function checkCell<T>(value: unknown, where: string, schema: v.GenericSchema<unknown, T>): T {
  const checked = v.safeParse(schema, value);
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  const path = v.getDotPath(issue);
  throw damaged(where, `${path === null ? '' : `${path}: `}${issue.message}`);
}

/** The error of a damaged place. `more`: details for the log, not for the sentence. */
export function damaged(where: string, what: string, more: Problem['details'] = {}): LabError {
  const message = `the project is damaged in ${where} (${what}); the file was changed by another program or a failing disk`;
  return new LabError(problem('project-damaged', where, message, { where, what, ...more }));
}

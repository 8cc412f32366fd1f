import { type Problem, problem } from '../errors.ts';
import type { Draft, DraftEdit, DraftRow } from './draft.ts';
import { dataLimits as limits } from './limits.ts';
import { group } from './ranges.ts';
import { findUnstorable } from './storable.ts';
import { checkTextChanges } from './text-changes.ts';

/**
 * Why a change cannot be kept; null where it can. A change must stay within the limits, and must hold nothing that a
 * file cannot hold (a number that is not finite, half a surrogate pair). The window asks before it shows the change,
 * and the lab before it stores it.
 */
export function checkEdit(draft: Draft, edit: DraftEdit): Problem | null {
  switch (edit.kind) {
    case 'name':
      return checkLength(edit.name, 'name', limits.nameCharacters) ?? findUnstorable(edit.name, 'name');
    case 'data':
      return checkData(edit.patch) ?? findUnstorable(edit.patch, 'data');
    case 'text':
      return checkTextChanges(draft.data.text, edit.changes);
    case 'model':
    case 'training':
      return findUnstorable(edit.patch, edit.kind);
    case 'initialWeights':
      return findUnstorable(edit.weights, 'initialWeights');
    case 'rows.insert':
      return (
        checkCount(draft.rows.length + edit.rows.length) ??
        firstOf(edit.rows, (row, i) => checkRow(row, () => edit.at + i))
      );
    case 'rows.restore':
      return (
        checkCount(draft.rows.length + edit.places.length) ??
        firstOf(edit.places, ({ at, row }) => checkRow(row, () => at))
      );
    case 'rows.change':
      return firstOf(edit.rows, (row) =>
        checkRow(row, () => draft.rows.findIndex(({ id }) => id === row.id)),
      );
    // applyEdit checks the parts of `all` one by one; the other kinds bring no content.
    case 'all':
    case 'rows.remove':
    case 'rows.move':
    case 'rows.order':
      return null;
    default:
      edit satisfies never;
      return null;
  }
}

function firstOf<T>(list: readonly T[], check: (item: T, i: number) => Problem | null): Problem | null {
  for (let i = 0; i < list.length; i++) {
    const found = check(list[i]!, i);
    if (found) return found;
  }
  return null;
}

const rowLimits = [
  ['input', limits.sampleCharacters],
  ['target', limits.sampleCharacters],
  ['note', limits.noteCharacters],
] as const;

/** `placeOf` returns the row's index, from 0; it is called only for a row with a problem. */
function checkRow(row: Partial<DraftRow>, placeOf: () => number): Problem | null {
  for (const [field, limit] of rowLimits) {
    const text = row[field];
    if (text === undefined || (text.length <= limit && text.isWellFormed())) continue;
    const place = placeOf();
    const at = `rows[${place}].${field}`;
    return checkLength(text, at, limit, { row: place + 1, field }) ?? findUnstorable(text, at);
  }
  return null;
}

function checkData({
  text,
  textValidation,
  vocabulary,
  targetVocabulary,
}: Partial<Draft['data']>): Problem | null {
  if (text !== undefined) {
    const tooLong = checkLength(text, 'data.text', limits.textCharacters);
    if (tooLong) return tooLong;
  }
  if (textValidation && 'text' in textValidation) {
    const at = 'data.textValidation.text';
    const tooLong = checkLength(textValidation.text, at, limits.textCharacters);
    if (tooLong) return tooLong;
  }
  for (const [name, list] of [
    ['vocabulary', vocabulary],
    ['targetVocabulary', targetVocabulary],
  ] as const) {
    if (!list || list.length <= limits.vocabulary) continue;
    const at = `data.${name}`;
    const message = `${at} has ${group(list.length)} tokens; at most ${group(limits.vocabulary)} are taken`;
    return problem('too-many', at, message, { count: list.length, limit: limits.vocabulary });
  }
  return null;
}

function checkCount(rows: number): Problem | null {
  if (rows <= limits.samples) return null;
  const message = `rows: there would be ${group(rows)}; at most ${group(limits.samples)} are taken`;
  return problem('too-many-rows', 'rows', message, { count: rows, limit: limits.samples });
}

function checkLength(
  text: string,
  path: string,
  limit: number,
  where: { row: number; field: string } | null = null,
): Problem | null {
  if (text.length <= limit) return null;
  const message = `${path} has ${group(text.length)} characters; at most ${group(limit)} are taken`;
  const details = { count: text.length, limit };
  return where
    ? problem('row-too-long', path, message, { ...details, ...where })
    : problem('too-long', path, message, details);
}

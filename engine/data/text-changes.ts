/**
 * Changes of a long text, given by what is removed and inserted, so that a key typed into ten megabytes is a small
 * edit. Pure.
 */
import { type Problem, problem } from '../errors.ts';
import { dataLimits as limits } from './limits.ts';
import { group } from './ranges.ts';
import { findUnstorable } from './storable.ts';

/** Replaces `remove` code units from `at` with `insert`. */
export interface TextChange {
  /** Index in the text as it was before any of the changes. */
  at: number;
  remove: number;
  insert: string;
}

/** The text after changes that are in order and do not overlap, and the changes that lead back. */
export function changeText(
  text: string,
  changes: readonly TextChange[],
): { text: string; inverse: TextChange[] } {
  const parts: string[] = [];
  const inverse: TextChange[] = [];
  let from = 0;
  let grown = 0;
  for (const { at, remove, insert } of changes) {
    parts.push(text.slice(from, at), insert);
    inverse.push({ at: at + grown, remove: insert.length, insert: text.slice(at, at + remove) });
    grown += insert.length - remove;
    from = at + remove;
  }
  parts.push(text.slice(from));
  return { text: parts.join(''), inverse };
}

/** Why these changes cannot be made to the text; null where they can. */
export function checkTextChanges(text: string, changes: readonly TextChange[]): Problem | null {
  let from = 0;
  let length = text.length;
  for (const [i, { at, remove, insert }] of changes.entries()) {
    const path = `text[${i}]`;
    if (!(at >= from && remove >= 0 && at + remove <= text.length)) {
      const message = `${path} changes characters ${at} to ${at + remove}; it must come after ${from} and end by ${text.length}`;
      return problem('edit-wrong-place', path, message, { at, last: text.length });
    }
    const unstorable = findUnstorable(insert, `${path}.insert`);
    if (unstorable) return unstorable;
    for (const cut of [at, at + remove]) {
      if (!isInsidePair(text, cut)) continue;
      const message = `${path} begins or ends in the middle of a character, at ${cut}; it must take whole characters`;
      return problem('broken-character', path, message, { position: cut });
    }
    from = at + remove;
    length += insert.length - remove;
  }
  if (length <= limits.textCharacters) return null;
  const message = `data.text would have ${group(length)} characters; at most ${group(limits.textCharacters)} are taken`;
  return problem('too-long', 'data.text', message, { count: length, limit: limits.textCharacters });
}

/**
 * The single change that leads from one text to the other: everything between their shared start and shared end.
 * null: the texts are equal.
 */
export function diffText(before: string, after: string): TextChange | null {
  if (before === after) return null;
  let at = sharedStart(before, after);
  const shorter = Math.min(before.length, after.length);
  let tail = sharedEnd(before, after, shorter - at);
  if (isInsidePair(before, at) || isInsidePair(after, at)) at -= 1;
  if (isInsidePair(before, before.length - tail) || isInsidePair(after, after.length - tail)) tail -= 1;
  return {
    at,
    remove: before.length - tail - at,
    insert: after.slice(at, after.length - tail),
  };
}

/** Code units compared at once at first, which is a hundred times faster than comparing one by one. */
const PIECE = 4096;

function sharedStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at + PIECE <= most && one.slice(at, at + PIECE) === other.slice(at, at + PIECE)) at += PIECE;
  while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return at;
}

function sharedEnd(one: string, other: string, most: number): number {
  const piece = (text: string, tail: number) => text.slice(text.length - tail - PIECE, text.length - tail);
  let tail = 0;
  while (tail + PIECE <= most && piece(one, tail) === piece(other, tail)) tail += PIECE;
  while (tail < most && one.charCodeAt(one.length - 1 - tail) === other.charCodeAt(other.length - 1 - tail)) {
    tail += 1;
  }
  return tail;
}

function isInsidePair(text: string, at: number): boolean {
  return at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
}

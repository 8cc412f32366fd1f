/**
 * What was typed and is not yet in the draft, as a change of the draft's text. It survives changes that
 * arrive meanwhile. Pure.
 */
import {
  Annotation,
  ChangeSet,
  StateEffect,
  StateField,
  type Text,
  type Transaction,
} from '@codemirror/state';
import { diffText, type TextChange } from '../../../../../engine/data/text-changes.ts';

/** A line ends with a line feed; a carriage return is an ordinary character and stays. */
export const lineFeed = '\n';

/** Marks a transaction with changes that the draft already has. */
export const fromDraft = Annotation.define<true>();
const pendingIs = StateEffect.define<ChangeSet | null>();

/** The change from the draft's text to the editor's text; null: they are equal. */
export const pendingField = StateField.define<ChangeSet | null>({
  create: () => null,
  update(pending, transaction) {
    for (const effect of transaction.effects) if (effect.is(pendingIs)) return effect.value;
    if (!transaction.docChanged || transaction.annotation(fromDraft)) return pending;
    return pending ? pending.compose(transaction.changes) : transaction.changes;
  },
});

/** The changes that turn the draft's text into the editor's, and a transaction that marks them as sent. */
export function takePending(pending: ChangeSet): {
  changes: TextChange[];
  spec: { effects: StateEffect<ChangeSet | null> };
} {
  const changes: TextChange[] = [];
  pending.iterChanges(
    (from, to, _fromB, _toB, inserted) =>
      void changes.push({ at: from, remove: to - from, insert: textOf(inserted) }),
  );
  return { changes, spec: { effects: pendingIs.of(null) } };
}

/**
 * The transaction for a draft whose text has changed, merged with what is pending; null: it has not
 * changed.
 */
export function followDraft(pending: ChangeSet | null, before: string, after: string) {
  const change = diffText(before, after);
  if (!change) return null;
  const { at, remove, insert } = change;
  const changes = ChangeSet.of({ from: at, to: at + remove, insert }, before.length, lineFeed);
  return {
    changes: pending ? changes.map(pending, true) : changes,
    effects: pendingIs.of(pending ? pending.map(changes) : null),
    annotations: fromDraft.of(true),
  };
}

export function isTyped(transaction: Transaction): boolean {
  return transaction.docChanged && !transaction.annotation(fromDraft);
}

export function textOf(text: Text): string {
  return text.sliceString(0, text.length, lineFeed);
}

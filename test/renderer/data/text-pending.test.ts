import { EditorState } from '@codemirror/state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeText } from '../../../engine/data/text-changes.ts';
import {
  followDraft,
  lineFeed,
  pendingField,
  takePending,
  textOf,
} from '../../../renderer/screens/data/text/editor/pending.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\r\n', '🌍'), maxLength: 20 });
const typing = fc.tuple(fc.nat(), fc.nat(3), text);

function editorOf(doc: string): EditorState {
  return EditorState.create({ doc, extensions: [EditorState.lineSeparator.of(lineFeed), pendingField] });
}

function type(state: EditorState, [place, removed, insert]: [number, number, string]): EditorState {
  const from = place % (state.doc.length + 1);
  const to = Math.min(state.doc.length, from + removed);
  return state.update({ changes: { from, to, insert: state.toText(insert) } }).state;
}

test('line ends stand in the field as they are in the text', () => {
  fc.assert(fc.property(text, (value) => void expect(textOf(editorOf(value).doc)).toBe(value)));
});

test('what was typed is sent as changes that make the draft the field', () => {
  fc.assert(
    fc.property(text, fc.array(typing, { maxLength: 6 }), (before, typed) => {
      const state = typed.reduce(type, editorOf(before));
      const pending = state.field(pendingField);
      const sent = pending ? takePending(pending) : { changes: [], spec: {} };
      expect(changeText(before, sent.changes).text).toBe(textOf(state.doc));
      expect(state.update(sent.spec).state.field(pendingField)).toBeNull();
    }),
    { numRuns: 1000 },
  );
});

test('a draft that changes while something is typed keeps what was typed, and the field what the draft became', () => {
  fc.assert(
    fc.property(text, text, fc.array(typing, { maxLength: 4 }), (before, after, typed) => {
      const state = typed.reduce(type, editorOf(before));
      const spec = followDraft(state.field(pendingField), before, after);
      const followed = spec ? state.update(spec).state : state;
      const pending = followed.field(pendingField);
      const sent = pending ? takePending(pending).changes : [];
      expect(changeText(after, sent).text).toBe(textOf(followed.doc));
      if (typed.length === 0) expect(textOf(followed.doc)).toBe(after);
    }),
    { numRuns: 1000 },
  );
});

/** The field of a language model's text, of any length: only what is seen is in the page. */
import { standardKeymap } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { changeText, type TextChange } from '../../../../../engine/data/text-changes.ts';
import { followDraft, isTyped, lineFeed, pendingField, takePending } from './pending.ts';
import { type MarkSource, marksAre, textMarks } from './text-marks.ts';

/** What is typed without a rest is one step of undo. */
const REST_MS = 500;

export interface TextEditorOptions {
  parent: HTMLElement;
  text: string;
  label: () => string;
  /** What was typed; false: it was not taken, and the draft's text stands there again. */
  send(changes: TextChange[]): Promise<boolean>;
  /** Asked when it was not taken. */
  draftText(): string;
  undo(): void;
  redo(): void;
  /** Where the cursor stands, in the draft's text. */
  onCursor(place: number): void;
  /** What is seen, in code units, and how many lines there are. */
  onView(seen: { from: number; to: number; lines: number }): void;
}

export interface TextEditor {
  /** The draft's text became this. */
  follow(text: string): void;
  /** Sends what is pending at once. */
  flush(): void;
  show(source: MarkSource): void;
  /** Chooses a stretch of the draft's text and brings it into view. */
  reveal(from: number, to: number): void;
  scrollTo(place: number): void;
  focus(): void;
  destroy(): void;
}

export function createTextEditor(options: TextEditorOptions): TextEditor {
  /** The draft's text as the editor knows it. */
  let base = options.text;
  let rest: ReturnType<typeof setTimeout> | undefined;

  const state = EditorState.create({
    doc: options.text,
    extensions: [
      EditorState.lineSeparator.of(lineFeed),
      pendingField,
      lineNumbers(),
      drawSelection(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of(() => ({ 'aria-label': options.label(), spellcheck: 'false' })),
      keymap.of([...standardKeymap]),
      textMarks,
      EditorView.domEventHandlers({ blur: () => flush(), keydown: onkeydown }),
      EditorView.updateListener.of((update) => {
        if (update.transactions.some(isTyped)) {
          clearTimeout(rest);
          rest = setTimeout(flush, REST_MS);
        }
        if (update.selectionSet || update.docChanged) {
          options.onCursor(inDraft(update.state.selection.main.head));
        }
        if (update.geometryChanged || update.viewportChanged) tellView();
      }),
    ],
  });
  const view = new EditorView({ state, parent: options.parent });
  view.scrollDOM.addEventListener('scroll', tellView, { passive: true });

  /** The undo of the project; with Caps Lock, Shift z is a small z. */
  function onkeydown(event: KeyboardEvent): boolean {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return false;
    event.preventDefault();
    flush();
    if (key === 'y' || event.shiftKey) options.redo();
    else options.undo();
    return true;
  }

  function inDraft(place: number): number {
    return view.state.field(pendingField)?.invertedDesc.mapPos(place, 1) ?? place;
  }

  function shown(place: number): number {
    return Math.min(view.state.doc.length, view.state.field(pendingField)?.mapPos(place, 1) ?? place);
  }

  function flush(): void {
    clearTimeout(rest);
    const pending = view.state.field(pendingField);
    if (!pending || pending.empty) return;
    const { changes, spec } = takePending(pending);
    base = changeText(base, changes).text;
    view.dispatch(spec);
    void options.send(changes).then((isTaken) => {
      if (!isTaken) follow(options.draftText());
    });
  }

  function follow(text: string): void {
    const spec = followDraft(view.state.field(pendingField), base, text);
    base = text;
    if (spec) view.dispatch(spec);
  }

  function tellView(): void {
    const { scrollTop, clientHeight } = view.scrollDOM;
    const top = scrollTop - view.documentPadding.top;
    const { doc } = view.state;
    options.onView({
      from: view.lineBlockAtHeight(Math.max(0, top)).from,
      to: view.lineBlockAtHeight(top + clientHeight).to,
      // After the last line feed there is a line to type in, and nothing of the text.
      lines: doc.lines - (doc.line(doc.lines).length === 0 ? 1 : 0),
    });
  }

  tellView();
  return {
    follow,
    flush,
    show: (source) => view.dispatch({ effects: marksAre.of(source) }),
    reveal(from, to) {
      const [anchor, head] = [shown(from), shown(to)];
      view.dispatch({
        selection: { anchor, head },
        effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
      });
    },
    scrollTo: (place) => view.dispatch({ effects: EditorView.scrollIntoView(shown(place), { y: 'center' }) }),
    focus: () => view.focus(),
    destroy() {
      flush();
      view.destroy();
    },
  };
}

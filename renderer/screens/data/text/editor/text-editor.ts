/** The field for a language model's text of any length: only the visible part is in the page. */
import { standardKeymap } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { changeText, type TextChange } from '../../../../../engine/data/text-changes.ts';
import { followDraft, isTyped, lineFeed, pendingField, takePending } from './pending.ts';
import { type MarkSource, marksAre, textMarks } from './text-marks.ts';

/** Typing without a pause this long is one step of undo. */
const REST_MS = 500;

export interface TextEditorOptions {
  parent: HTMLElement;
  text: string;
  label: () => string;
  /** Sends what was typed. False: it was refused, and the draft's text is shown again. */
  send(changes: TextChange[]): Promise<boolean>;
  /** The draft's text; asked for when a change was refused. */
  draftText(): string;
  undo(): void;
  redo(): void;
  /** Called with the cursor's place in the draft's text. */
  onCursor(place: number): void;
  /** Called with the visible stretch, in code units, and the number of lines. */
  onView(seen: { from: number; to: number; lines: number }): void;
}

export interface TextEditor {
  /** Takes over the draft's new text. */
  follow(text: string): void;
  /** Sends what is pending at once. */
  flush(): void;
  show(source: MarkSource): void;
  /** Selects a stretch of the draft's text and brings it into view. */
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

  /** Undo and redo of the project. With Caps Lock on, Shift z gives a lower-case z. */
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
      // The empty line after the last line feed is for typing and is not counted.
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

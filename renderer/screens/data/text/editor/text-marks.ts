/** What is drawn over the visible text: streams, ends of windows, characters without ink, search hits. */
import { type Extension, type Range, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import type { TextHits } from '../../../../../engine/data/find-text.ts';
import type { TextTokens } from '../../../../../engine/data/text-tokens.ts';
import { codePoints, inkless, signOf } from '../../../../components/invisible.ts';
import { type Segment, segmentsOf, streamName, type TextCuts } from '../text-cuts.ts';
import { pendingField } from './pending.ts';
import { Chip, sign } from './text-widgets.ts';

export interface MarkSource {
  /** The tokens of the draft's text. */
  tokens: TextTokens;
  /** null: the cuts are not shown. */
  cuts: TextCuts | null;
  showsInvisible: boolean;
  /** The hits in the draft's text; null: there is no search. */
  hits: TextHits | null;
  /** The index of the current hit. */
  current: number;
  heldName: string;
}

export const marksAre = StateEffect.define<MarkSource>();

const sourceField = StateField.define<MarkSource | null>({
  create: () => null,
  update(source, { effects }) {
    for (const effect of effects) if (effect.is(marksAre)) return effect.value;
    return source;
  },
});

export const textMarks: Extension = [
  sourceField,
  ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = drawn(view);
      }
      update(update: ViewUpdate) {
        const anew =
          update.docChanged ||
          update.viewportChanged ||
          update.startState.field(sourceField) !== update.state.field(sourceField) ||
          update.startState.field(pendingField) !== update.state.field(pendingField);
        if (anew) this.decorations = drawn(update.view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  ),
];

function drawn(view: EditorView): DecorationSet {
  const source = view.state.field(sourceField);
  if (!source) return Decoration.none;
  const marks: Range<Decoration>[] = [];
  for (const { from, to } of view.visibleRanges) {
    markCuts(view, source, from, to, marks);
    markInkless(view, source, from, to, marks);
    markHits(view, source, from, to, marks);
  }
  return Decoration.set(marks, true);
}

/** Maps places in the draft's text to places in the editor, and back. */
function mapping(view: EditorView) {
  const pending = view.state.field(pendingField);
  const back = pending?.invertedDesc ?? null;
  return {
    shown: (place: number) => pending?.mapPos(place, 1) ?? place,
    inDraft: (place: number) => back?.mapPos(place, 1) ?? place,
  };
}

const stretchMarks = new Map<string, Decoration>();

function stretchMark({ kind, isOdd }: Segment): Decoration {
  const name = `stretch ${kind}${isOdd ? ' odd' : ''}`;
  const known = stretchMarks.get(name) ?? Decoration.mark({ class: name });
  stretchMarks.set(name, known);
  return known;
}

function markCuts(
  view: EditorView,
  { tokens, cuts, heldName }: MarkSource,
  from: number,
  to: number,
  marks: Range<Decoration>[],
): void {
  if (!cuts || tokens.count === 0) return;
  const { shown, inDraft } = mapping(view);
  const first = tokens.indexAt(inDraft(from));
  const end = Math.min(tokens.count, tokens.indexAt(inDraft(to)) + 1);
  const placeOf = (i: number) => shown(i < tokens.count ? tokens.startOf(i) : tokens.text.length);
  for (const segment of segmentsOf(cuts, first, end)) {
    const [start, stop] = [Math.max(from, placeOf(segment.from)), Math.min(to, placeOf(segment.to))];
    if (start < stop) marks.push(stretchMark(segment).range(start, stop));
    if (segment.begins !== null && placeOf(segment.from) >= from) {
      const name = segment.begins === 'held' ? heldName : streamName(segment.begins);
      marks.push(
        Decoration.widget({ widget: new Chip(name, segment.begins === 'held'), side: -1 }).range(start),
      );
    }
    if (segment.isWindowEnd && placeOf(segment.to) <= to) marks.push(windowEnd.range(stop));
  }
}

const windowEnd = Decoration.widget({ widget: sign('', 'window-end', null), side: -2 });
const blank = Decoration.mark({ class: 'blank' });
const lineFeedSign = Decoration.widget({ widget: sign('⏎', 'faint', null), side: 1 });

function markInkless(
  view: EditorView,
  { showsInvisible }: MarkSource,
  from: number,
  to: number,
  marks: Range<Decoration>[],
): void {
  const { doc } = view.state;
  for (const { 0: found, index } of doc.sliceString(from, to).matchAll(new RegExp(inkless, 'gu'))) {
    const at = from + index;
    if (found === ' ') {
      if (showsInvisible) marks.push(blank.range(at, at + 1));
    } else if (found === '\n' || found === '\r\n') {
      if (found === '\r\n') marks.push(signMark('\r').range(at, at + 1));
      if (showsInvisible) marks.push(lineFeedSign.range(at + found.length - 1));
    } else if (!joiners.has(found)) marks.push(signMark(found).range(at, at + found.length));
  }
}

/** Characters within a letter or an emoji, which would fall apart if they were replaced by signs. */
const joiners = new Set(['\u200c', '\u200d']);
const signMarks = new Map<string, Decoration>();

function signMark(character: string): Decoration {
  const known =
    signMarks.get(character) ??
    Decoration.replace({ widget: sign(signOf(character), 'strange', codePoints(character)) });
  signMarks.set(character, known);
  return known;
}

const foundMark = Decoration.mark({ class: 'hit' });
const currentMark = Decoration.mark({ class: 'hit current' });

function markHits(
  view: EditorView,
  { hits, current }: MarkSource,
  from: number,
  to: number,
  marks: Range<Decoration>[],
): void {
  if (!hits) return;
  const { shown, inDraft } = mapping(view);
  const last = inDraft(to);
  for (let i = hits.after(inDraft(from)); i < hits.count && hits.from(i) < last; i++) {
    const [start, stop] = [Math.max(from, shown(hits.from(i))), Math.min(to, shown(hits.to(i)))];
    if (start < stop) marks.push((i === current ? currentMark : foundMark).range(start, stop));
  }
}

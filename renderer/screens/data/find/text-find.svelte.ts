import { tick, untrack } from 'svelte';
import type { DraftEdit } from '../../../../engine/data/draft.ts';
import type { FindKind, Wanted } from '../../../../engine/data/find-pattern.ts';
import { createTextSearch, type TextHits, type TextSearch } from '../../../../engine/data/find-text.ts';
import { createTextReplace } from '../../../../engine/data/replace-text.ts';
import { changeText, type TextChange } from '../../../../engine/data/text-changes.ts';
import type { TextTokens } from '../../../../engine/data/text-tokens.ts';
import type { ProjectState } from '../../../state/project.svelte.ts';
import { report, saidProblems } from '../../../state/report.ts';
import type { FindAct } from '../../../state/shell.svelte.ts';
import type { TextView } from '../text/text-view.svelte.ts';
import type { Finder } from './finder.ts';

/** The length of a slice of work, which leaves most of a frame to the page. */
const SLICE_MS = 6;
/** The time between two updates of the count while the search goes on. */
const TELL_MS = 80;
/** Above this number of changes, the whole text is shorter and is sent instead. */
const MANY_CHANGES = 20_000;

/** The search in a language model's text, made in slices of time, and what it has found. */
export class TextFindState implements Finder {
  readonly #project: ProjectState;
  readonly #view: TextView;
  isOpen = $state(false);
  asked = $state.raw<{ field: 'text' | 'by' }>({ field: 'text' });
  text = $state('');
  by = $state('');
  kind = $state<FindKind>('plain');
  matchCase = $state(true);
  /** The first hit at or after this code unit is the current one. The place stays while the text changes. */
  #from = $state(0);
  #search: { made: TextSearch; tokens: TextTokens; wanted: Wanted } | null = null;
  /** A new object whenever more was found. */
  #found = $state.raw<{ hits: TextHits; count: number; isDone: boolean } | null>(null);
  #problem = $state.raw<string | null>(null);
  /** The current hit must be brought into view as soon as it is found. */
  #reveals = false;
  #waiting: (() => void)[] = [];

  constructor(project: ProjectState, view: TextView) {
    this.#project = project;
    this.#view = view;
  }

  readonly scope = null;
  readonly otherSide = null;
  readonly hits: TextHits | null = $derived(this.#found?.hits ?? null);
  readonly count: number = $derived(this.#found?.count ?? 0);
  readonly isSearching: boolean = $derived(this.#found !== null && !this.#found.isDone);
  readonly problem: string | null = $derived(this.#problem);
  readonly index: number = $derived.by(() => {
    const found = this.#found;
    if (!found) return 0;
    let index = found.hits.after(this.#from);
    if (index < found.count && found.hits.from(index) < this.#from) index += 1;
    return index < found.count ? index : 0;
  });

  /** To be called in an effect: searches the current text for the current search text. */
  follow(): void {
    const { text, kind, matchCase } = this;
    const wanted = { text, kind, matchCase };
    this.#end();
    this.#found = null;
    this.#problem = null;
    if (!this.isOpen || text === '') return;
    const { tokens } = this.#view;
    const made = createTextSearch(tokens, wanted);
    if (!made.ok) {
      this.#problem = saidProblems(made.problems);
      return;
    }
    this.#search = { made: made.value, tokens, wanted };
    untrack(() => this.#slice(made.value, 0));
  }

  #slice(search: TextSearch, toldAt: number): void {
    if (this.#search?.made !== search) return;
    const isMore = search.step(performance.now() + SLICE_MS);
    const now = performance.now();
    const tells = !isMore || now - toldAt > TELL_MS;
    if (tells) this.#tell(search);
    if (isMore) setTimeout(() => this.#slice(search, tells ? now : toldAt));
  }

  #tell(search: TextSearch): void {
    if (search.problem) {
      this.#end();
      this.#found = null;
      this.#problem = saidProblems([search.problem]);
      return;
    }
    const { hits, isDone } = search;
    this.#found = { hits, count: hits.count, isDone };
    if (this.#reveals && (isDone || hits.after(this.#from) < hits.count)) this.#show();
    if (isDone) for (const go of this.#waiting.splice(0)) go();
  }

  /** Whoever waits for the search goes on, and sees that it was not finished. */
  #end(): void {
    this.#search = null;
    for (const go of this.#waiting.splice(0)) go();
  }

  act(act: FindAct): void {
    if (act === 'next' || act === 'previous') {
      if (this.isOpen && this.text !== '') this.go(act === 'next' ? 1 : -1);
      else this.open('text');
    } else this.open(act === 'find' ? 'text' : 'by');
  }

  open(field: 'text' | 'by'): void {
    if (!this.isOpen) this.#from = this.#view.cursor;
    this.isOpen = true;
    this.asked = { field: this.text === '' ? 'text' : field };
  }

  close(): void {
    this.isOpen = false;
    this.#view.editor?.focus();
  }

  type(text: string): void {
    this.text = text;
    this.#reveals = true;
  }

  reveal(): void {
    if (this.count > 0) this.#show();
    else this.#reveals = true;
  }

  #show(): void {
    this.#reveals = false;
    const { hits, index } = this;
    if (hits && this.count > 0) this.#view.editor?.reveal(hits.from(index), hits.to(index));
  }

  go(by: 1 | -1): void {
    const { hits, count, index } = this;
    if (!hits || count === 0) return;
    this.#from = hits.from((index + by + count) % count);
    this.#show();
  }

  async replaceOne(): Promise<void> {
    const search = await this.#finished();
    if (!search || this.count === 0) return;
    const { tokens, wanted, made } = search;
    const { index } = this;
    const replace = createTextReplace(tokens, wanted, made.hits, this.by, { first: index, end: index + 1 });
    replace.step(Number.POSITIVE_INFINITY);
    const [change] = replace.changes;
    if (!change) return this.go(1);
    // The search goes on after the replacement, which may itself contain the search text.
    this.#from = change.at + change.insert.length;
    this.#reveals = true;
    await this.#send(tokens, [change], { key: 'edit_found_text_replaced', values: { text: wanted.text } });
  }

  async replaceAll(): Promise<void> {
    const search = await this.#finished();
    if (!search || this.count === 0) return;
    const { tokens, wanted, made } = search;
    const replace = createTextReplace(tokens, wanted, made.hits, this.by);
    while (replace.step(performance.now() + SLICE_MS)) await new Promise((go) => setTimeout(go));
    const count = replace.changes.length;
    if (count === 0 || this.#view.tokens !== tokens) return;
    await this.#send(tokens, replace.changes, {
      key: 'edit_found_text_all_replaced',
      values: { text: wanted.text, count },
    });
  }

  async #send(
    { text }: TextTokens,
    changes: readonly TextChange[],
    label: { key: string; values: Record<string, string | number> },
  ): Promise<void> {
    const edit: DraftEdit =
      changes.length > MANY_CHANGES
        ? { kind: 'data', patch: { text: changeText(text, changes).text } }
        : { kind: 'text', changes: [...changes] };
    await report(this.#project.edit(edit, label));
  }

  /** The finished search of the current text for the current search text; null: there is none. */
  async #finished() {
    this.#view.editor?.flush();
    // Effects of the draft's new text run first.
    await tick();
    if (this.#found && !this.#found.isDone) await new Promise<void>((go) => this.#waiting.push(go));
    const search = this.#search;
    return search?.made.isDone && search.tokens === this.#view.tokens ? search : null;
  }
}

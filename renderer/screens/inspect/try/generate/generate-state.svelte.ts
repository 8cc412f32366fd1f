import { splitTokens } from '../../../../../engine/data/tokens.ts';
import type { Generation } from '../../../../../engine/questions.ts';
import { Asked } from '../../../../state/asked.svelte.ts';
import type { InspectState } from '../../inspect-state.svelte.ts';
import { readText, type TriedText } from '../tried-texts.ts';
import { bracketRule, judgeMade } from './allowed.ts';

/** Tokens that are made at first, and that one press adds. */
export const madeAtATime = 24;
/** The most tokens of one text. */
export const mostMade = 480;

/** A text that a language model makes, token after token, and what each was drawn from. */
export class GenerateState {
  readonly inspect: InspectState;
  readonly asked: Asked<'generate'>;
  #prompt = $state<string | null>(null);
  temperature = $state(0.8);
  /** null: all tokens. */
  topK = $state<number | null>(null);
  seed = $state(0);
  length = $state(madeAtATime);
  #chosen = $state(0);
  /** The newest text; it stays until the next one has come. */
  made = $state.raw<{
    generation: Generation;
    prompt: string;
    topK: number | null;
    temperature: number;
  } | null>(null);

  constructor(inspect: InspectState) {
    this.inspect = inspect;
    this.asked = new Asked(inspect.run, 'generate');
  }

  /** Whether the run can make text: a language model of one direction. */
  canMake: boolean = $derived.by(
    () => this.inspect.dataset?.task === 'language-model' && this.inspect.model?.bidirectional === false,
  );
  prompt: string = $derived.by(
    () => this.#prompt ?? this.inspect.joined(this.inspect.sample?.input.slice(0, 2) ?? []),
  );
  setPrompt(text: string): void {
    this.#prompt = text;
  }
  read: TriedText | null = $derived.by(() =>
    this.inspect.dataset ? readText(this.prompt, this.inspect.dataset) : null,
  );
  /** An empty prompt is none; others must be readable. */
  isReadable: boolean = $derived.by(() => this.prompt === '' || this.read?.isReadable === true);

  again(): void {
    this.seed += 1;
    this.#chosen = 0;
  }
  more(): void {
    this.length = Math.min(mostMade, this.length + madeAtATime);
  }

  ask(): void {
    const { summary: run, moment: at, edits } = this.inspect;
    if (run === null || at === null) return;
    if (!this.canMake || !this.isReadable) {
      this.asked.follow(null);
      return;
    }
    const { prompt, temperature, seed, length } = this;
    const topK = this.topK === null ? null : Math.min(this.topK, this.inspect.vocabulary.length);
    const question = { prompt, temperature, topK, seed, length, distributions: true };
    const subject = JSON.stringify(question);
    this.asked.follow({ run, at, weights: [...edits.values], subject, question: () => question });
  }
  /** Keeps the newest text on screen; to be called when one has come. */
  keep(): void {
    const { answer } = this.asked;
    const { prompt, topK, temperature } = this;
    if (answer) this.made = { generation: answer, prompt, topK, temperature };
    else if (this.asked.problem) this.made = null;
  }

  tokens: readonly string[] = $derived.by(() => this.made?.generation.tokens.map(({ token }) => token) ?? []);
  /** The rule that the data keep, where they keep one. */
  rule = $derived.by(() => (this.inspect.dataset ? bracketRule(this.inspect.dataset) : null));
  /** Of each token whether the rule allows it; null: there is no rule. */
  allowed: boolean[] | null = $derived.by(() => {
    const { rule, made, tokens } = this;
    if (rule === null || made === null) return null;
    return judgeMade(rule, splitTokens(made.prompt, this.inspect.dataset?.tokens ?? 'characters'), tokens);
  });
  /** The token that is looked at, from 0. */
  chosen: number = $derived.by(() => Math.min(this.#chosen, Math.max(0, this.tokens.length - 1)));
  choose(index: number): void {
    this.#chosen = index;
  }
  /** softmax of the logits, and what the token was drawn from. */
  rowOf(index: number): { raw: Float32Array; used: Float32Array; u: number } | null {
    const distributions = this.made?.generation.distributions;
    const V = this.inspect.vocabulary.length;
    if (!distributions || index >= this.tokens.length) return null;
    return {
      raw: distributions.raw.subarray(index * V, (index + 1) * V),
      used: distributions.used.subarray(index * V, (index + 1) * V),
      u: distributions.u[index]!,
    };
  }
}

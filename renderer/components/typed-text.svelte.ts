/**
 * What a text field shows. Text being typed is kept, whatever value arrives meanwhile, until it is
 * committed or the field is left. Committed text stays until the value changes, so that the user can
 * correct text that was refused.
 */
export class TypedText {
  #text = $state<string | null>(null);
  /**
   * The value at the moment when the typed text was committed or left; null: text is being typed, or
   * nothing was typed.
   */
  #leftAt: string | null = null;

  shown(value: string): string {
    return this.#text ?? value;
  }

  type(text: string): void {
    this.#text = text;
    this.#leftAt = null;
  }

  /**
   * Ends the typing and returns the text to commit. null: there is nothing to commit, also where a field
   * that was only looked at shows its value differently (a line break in a field of one line).
   */
  leave(value: string): string | null {
    const text = this.#text;
    if (text === null || this.#leftAt !== null) return null;
    this.#leftAt = value;
    return text === value ? null : text;
  }

  /** To be called with each value. */
  follow(value: string): void {
    if (this.#leftAt !== null && this.#leftAt !== value) this.forget();
  }

  /** Shows the value in the field again. */
  forget(): void {
    this.#text = null;
    this.#leftAt = null;
  }
}

/**
 * What stands in a field of text. What is being typed is kept, whatever value comes meanwhile, until it is committed or
 * left; what was committed stands until the value is another, so that what was refused can be mended.
 */
export class TypedText {
  #text = $state<string | null>(null);
  /** The value when what was typed was committed or left; null: it is being typed, or nothing is. */
  #leftAt: string | null = null;

  shown(value: string): string {
    return this.#text ?? value;
  }

  type(text: string): void {
    this.#text = text;
    this.#leftAt = null;
  }

  /**
   * Ends the typing; what is to be committed. null: nothing, also where a field that was only looked at shows its value
   * otherwise than it is (a line break in a field of one line).
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

  /** The value stands in the field again. */
  forget(): void {
    this.#text = null;
    this.#leftAt = null;
  }
}

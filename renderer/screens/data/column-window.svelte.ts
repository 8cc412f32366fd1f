/**
 * Which token columns of the rows are drawn. All rows share one offset, so that each step is below its
 * number.
 */
export class ColumnWindow {
  readonly #widest: () => number;
  #offset = $state(0);
  /** The number of columns that fit. */
  room = $state(12);

  /** `widest` gives the number of columns of the longest row. */
  constructor(widest: () => number) {
    this.#widest = widest;
  }

  get count(): number {
    return this.#widest();
  }

  get isLong(): boolean {
    return this.count > this.room;
  }

  /** The first drawn column, from 0. It is limited so that no empty column follows the longest row. */
  get offset(): number {
    return Math.min(this.#offset, Math.max(0, this.count - this.room));
  }

  set offset(column: number) {
    this.#offset = Math.max(0, Math.min(Math.round(column), this.count - this.room));
  }

  /** Scrolls by a page, except for two columns that stay in sight for orientation. */
  page(by: -1 | 1): void {
    this.offset += by * Math.max(1, this.room - 2);
  }

  /**
   * Brings a column into sight, with one beside it if there is room. A column already in sight moves
   * nothing.
   */
  show(column: number): void {
    const beside = this.room > 2 ? 1 : 0;
    if (column < this.offset) this.offset = column - beside;
    else if (column >= this.offset + this.room) this.offset = column + 1 + beside - this.room;
  }
}

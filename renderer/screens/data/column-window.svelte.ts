/** Which token columns of the rows are drawn: one offset for all rows, so that a step stands under its number. */
export class ColumnWindow {
  readonly #widest: () => number;
  #offset = $state(0);
  /** Columns that there is room for. */
  room = $state(12);

  /** `widest`: the columns of the longest row. */
  constructor(widest: () => number) {
    this.#widest = widest;
  }

  get count(): number {
    return this.#widest();
  }

  get isLong(): boolean {
    return this.count > this.room;
  }

  /** The first column that is drawn, from 0; never so far that there is an empty column behind the longest row. */
  get offset(): number {
    return Math.min(this.#offset, Math.max(0, this.count - this.room));
  }

  set offset(column: number) {
    this.#offset = Math.max(0, Math.min(Math.round(column), this.count - this.room));
  }

  /** By as many columns as are drawn, but for two that stay to be recognised. */
  page(by: -1 | 1): void {
    this.offset += by * Math.max(1, this.room - 2);
  }

  /** Brings a column into sight, with one beside it where there is one; what is in sight moves nothing. */
  show(column: number): void {
    const beside = this.room > 2 ? 1 : 0;
    if (column < this.offset) this.offset = column - beside;
    else if (column >= this.offset + this.room) this.offset = column + 1 + beside - this.room;
  }
}

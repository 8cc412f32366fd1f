import type { Expression } from './expression.ts';

/** What is known about one number on the screen. */
export interface NumberNote {
  /** `h₄[o]` */
  name: string;
  /** null: not computed yet. */
  value: number | null;
  /** How it comes about, where that is known. */
  expression?: Expression | undefined;
  /** Where it belongs, in words: epoch, sample. */
  context?: string | undefined;
}

export interface Tip {
  note: NumberNote;
  /** Place on the page, in CSS pixels: of the middle of what is looked at, and of its upper and lower edge. */
  x: number;
  top: number;
  bottom: number;
}

/** The one read-out of Inspect's numbers: what is looked at, and the numbers that are pinned. */
export class Notes {
  tip = $state.raw<Tip | null>(null);
  pins = $state.raw<readonly NumberNote[]>([]);

  look(
    note: NumberNote,
    { left, width, top, bottom }: Pick<DOMRect, 'left' | 'width' | 'top' | 'bottom'>,
  ): void {
    this.tip = { note, x: left + width / 2, top, bottom };
  }

  leave = (): void => {
    this.tip = null;
  };

  /** Pins a number; where the same number is pinned already, takes the pin off. */
  pin = (note: NumberNote): void => {
    if (note.value === null) return;
    const others = this.pins.filter(
      (pin) => pin.name !== note.name || pin.context !== note.context || pin.value !== note.value,
    );
    this.pins = others.length < this.pins.length ? others : [...this.pins, note];
  };

  unpin(note: NumberNote): void {
    this.pins = this.pins.filter((pin) => pin !== note);
  }

  /** Takes the newest pin off; false: there was none. */
  unpinLast(): boolean {
    const has = this.pins.length > 0;
    this.pins = this.pins.slice(0, -1);
    return has;
  }
}

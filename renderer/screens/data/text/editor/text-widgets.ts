/** Signs that are shown in a text without being part of it. */
import { WidgetType } from '@codemirror/view';

/** The name of the stream or part that begins here. */
export class Chip extends WidgetType {
  readonly name: string;
  readonly isHeld: boolean;
  constructor(name: string, isHeld: boolean) {
    super();
    this.name = name;
    this.isHeld = isHeld;
  }
  override eq(other: Chip): boolean {
    return other.name === this.name && other.isHeld === this.isHeld;
  }
  override toDOM(): HTMLElement {
    return element('span', this.isHeld ? 'chip held-chip' : 'chip', this.name);
  }
}

class Sign extends WidgetType {
  readonly text: string;
  readonly className: string;
  readonly title: string | null;
  constructor(text: string, className: string, title: string | null) {
    super();
    this.text = text;
    this.className = className;
    this.title = title;
  }
  override eq(other: Sign): boolean {
    return other.text === this.text && other.className === this.className && other.title === this.title;
  }
  override toDOM(): HTMLElement {
    const made = element('span', this.className, this.text);
    if (this.title !== null) made.title = this.title;
    return made;
  }
}

export function sign(text: string, className: string, title: string | null): Sign {
  return new Sign(text, className, title);
}

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Keys: how they are written, and to whom they belong. */

/** Keys pressed together. */
export interface Chord {
  /** As KeyboardEvent has it; a letter in lower case. */
  key: string;
  /** With Ctrl, on a Mac ⌘. */
  command?: true;
  alt?: true;
  /** Of letters and named keys; what other characters need Shift for differs from keyboard to keyboard. */
  shift?: true;
}

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

export function matches(chord: Chord, press: KeyPress): boolean {
  if (press.altKey !== (chord.alt ?? false)) return false;
  if ((press.ctrlKey || press.metaKey) !== (chord.command ?? false)) return false;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (key !== chord.key) return false;
  const knowsShift = key.length > 1 || key === ' ' || key.toUpperCase() !== key;
  return !knowsShift || press.shiftKey === (chord.shift ?? false);
}

const named: Record<string, string> = {
  ' ': 'Space',
  ArrowRight: '→',
  ArrowLeft: '←',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
};

/** `Ctrl ⇧ Z`, on a Mac `⇧⌘Z`. */
export function chordText({ key, command, shift, alt }: Chord, platform: string): string {
  const text = named[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  if (platform === 'darwin' && (command || alt)) {
    return `${alt ? '⌥' : ''}${shift ? '⇧' : ''}${command ? '⌘' : ''}${text}`;
  }
  return `${command ? 'Ctrl ' : ''}${alt ? 'Alt ' : ''}${shift ? '⇧ ' : ''}${text}`;
}

/**
 * Where the focus is: in a text being typed; in a grid, or a list that is found in by letters, which all plain keys
 * belong to; on a control with its own Space and arrows.
 */
export type FocusPlace = 'text' | 'control' | 'grid' | 'elsewhere';

/**
 * Whether a key is the window's. While a text is typed only Ctrl/⌘ keys are, and of those not the ones that texts have
 * themselves. In a grid too only Ctrl/⌘ keys are. F3 and its like count as those. On a control, Space and the arrows are its own.
 */
export function isOurs(chord: Chord, ofTexts: boolean, focus: FocusPlace): boolean {
  // F3 is typed nowhere.
  if (chord.command || /^F\d/.test(chord.key)) return focus !== 'text' || !ofTexts;
  if (focus === 'text' || focus === 'grid') return false;
  return focus === 'elsewhere' || !(chord.key === ' ' || chord.key.startsWith('Arrow'));
}

interface FocusTarget {
  tagName: string;
  type?: string;
  isContentEditable?: boolean;
  closest(selector: string): unknown;
}

/**
 * A button that was pressed by the mouse keeps the focus; Space should then run, not press that button again, so it
 * counts as elsewhere. (`:focus-visible` does not tell: a key press makes it true.)
 */
export function focusPlace(target: FocusTarget | null, byMouse: boolean): FocusPlace {
  if (!target) return 'elsewhere';
  // The field that has a grid's keys, while no cell is edited.
  if (target.closest('[data-grid-keys]')) return 'grid';
  const tag = target.tagName;
  const textInput =
    tag === 'INPUT' && !['checkbox', 'radio', 'range', 'button'].includes(target.type ?? 'text');
  if (textInput || tag === 'TEXTAREA' || target.isContentEditable) return 'text';
  if (target.closest('[role=dialog]')) return 'text';
  if (target.closest('[role=grid], select, [role=menu], [aria-haspopup=listbox], [aria-expanded=true]')) {
    return 'grid';
  }
  // A drawing that arrows move through, however it came to have the focus.
  if (target.closest('input, [role=listbox], [role=slider], [data-own-arrows]')) return 'control';
  return !byMouse && target.closest('button, a, [tabindex="0"]') ? 'control' : 'elsewhere';
}

/** Keys: how they are written, and which part of the window they belong to. */

/** Keys pressed together. */
export interface Chord {
  /** KeyboardEvent.key; letters in lower case. */
  key: string;
  /** With Ctrl, on a Mac ⌘. */
  command?: true;
  alt?: true;
  /**
   * Considered for letters, Space and named keys only: whether other characters need Shift depends on the
   * keyboard.
   */
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
 * Where the focus is. 'text': in a text field or a dialog. 'grid': in a grid, or in a list with type-ahead,
 * which takes all plain keys. 'control': on a control that uses Space and the arrows itself.
 */
export type FocusPlace = 'text' | 'control' | 'grid' | 'elsewhere';

/**
 * Whether a key is the window's. In a text field only Ctrl/⌘ keys are, except those that text fields have
 * themselves (`ofTexts`); in a grid only Ctrl/⌘ keys are; on a control every key is but plain Space and the
 * arrows. Function keys (F3) count as Ctrl/⌘ keys.
 */
export function isOurs(chord: Chord, ofTexts: boolean, focus: FocusPlace): boolean {
  // No function key types anything.
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
 * Where the focus is. A button pressed with the mouse keeps the focus; Space should then run the training,
 * not press that button again, so it counts as 'elsewhere'. (`:focus-visible` cannot tell: a key press
 * makes it true.)
 */
export function focusPlace(target: FocusTarget | null, byMouse: boolean): FocusPlace {
  if (!target) return 'elsewhere';
  // The field that takes a grid's keys while no cell is being edited.
  if (target.closest('[data-grid-keys]')) return 'grid';
  const tag = target.tagName;
  const textInput =
    tag === 'INPUT' && !['checkbox', 'radio', 'range', 'button'].includes(target.type ?? 'text');
  if (textInput || tag === 'TEXTAREA' || target.isContentEditable) return 'text';
  if (target.closest('[role=dialog]')) return 'text';
  if (target.closest('[role=grid], select, [role=menu], [aria-haspopup=listbox], [aria-expanded=true]')) {
    return 'grid';
  }
  // [data-own-arrows] marks a drawing that the arrows move through, however it came to have the focus.
  if (target.closest('input, [role=listbox], [role=slider], [data-own-arrows]')) return 'control';
  return !byMouse && target.closest('button, a, [tabindex="0"]') ? 'control' : 'elsewhere';
}

import { SCREENS, type ScreenName } from '../../state/shell.svelte.ts';

export type KeyAction =
  | { kind: 'screen'; screen: ScreenName }
  | {
      kind:
        | 'run-pause'
        | 'step-epoch'
        | 'step-batch'
        | 'reset'
        | 'undo'
        | 'redo'
        | 'new'
        | 'open'
        | 'save-copy'
        | 'export'
        | 'shortcuts';
    };

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/**
 * Where the focus is: in a text being typed; in a grid, or a list that is found in by letters, which all plain keys
 * belong to; on a control with its own Space and arrows.
 */
export type FocusPlace = 'text' | 'control' | 'grid' | 'elsewhere';

/**
 * What a key does in the project window; null: it is not ours. While a text is typed only Ctrl/⌘ keys act, and of
 * those not undo and redo, which belong to the text. In a grid too only Ctrl/⌘ keys act, undo and redo among them. On a
 * control, Space and the arrows are its own.
 */
export function keyAction(press: KeyPress, focus: FocusPlace): KeyAction | null {
  if (press.altKey) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (press.ctrlKey || press.metaKey) {
    if (key === 'o' && !press.shiftKey) return { kind: 'open' };
    if (key === 'n' && !press.shiftKey) return { kind: 'new' };
    if (key === 's' && !press.shiftKey) return { kind: 'save-copy' };
    if (key === 'e' && !press.shiftKey) return { kind: 'export' };
    if (focus === 'text') return null;
    if (key === 'z') return { kind: press.shiftKey ? 'redo' : 'undo' };
    if (key === 'y' && !press.shiftKey) return { kind: 'redo' };
    return null;
  }
  if (focus === 'text' || focus === 'grid') return null;
  if (key === '/' || key === '?') return { kind: 'shortcuts' };
  if (key === 'r' && !press.shiftKey) return { kind: 'reset' };
  const screen = /^[1-9]$/.test(key) ? SCREENS[Number(key) - 1] : undefined;
  if (screen) return { kind: 'screen', screen: screen.name };
  if (focus === 'control') return null;
  if (key === ' ') return { kind: 'run-pause' };
  if (key === 'ArrowRight') return { kind: press.shiftKey ? 'step-batch' : 'step-epoch' };
  return null;
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
  if (target.closest('input, [role=listbox], [role=slider]')) return 'control';
  return !byMouse && target.closest('button, a, [tabindex="0"]') ? 'control' : 'elsewhere';
}

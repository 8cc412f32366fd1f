/**
 * The keys of the grid of samples while no cell is being edited: the one list that the grid and the list of
 * shortcuts read. Entries with the same label share a line there.
 */
import type { TextKey } from '../text/text.svelte.ts';
import { type Chord, chordText, type KeyPress, matches } from './keys.ts';

interface GridKey {
  label: TextKey;
  /** Each of these keys acts; the first one is shown. */
  keys: readonly Chord[];
  /**
   * Set where something else than the grid handles the key: the browser's clipboard, or a cell that is
   * being edited.
   */
  of?: 'clipboard' | 'cell';
}

const command = true;
const shift = true;
const alt = true;

/** In the order of the list of shortcuts. */
export const gridKeys = {
  up: { label: 'data_key_move', keys: [{ key: 'ArrowUp' }] },
  down: { label: 'data_key_move', keys: [{ key: 'ArrowDown' }] },
  left: { label: 'data_key_move', keys: [{ key: 'ArrowLeft' }] },
  right: { label: 'data_key_move', keys: [{ key: 'ArrowRight' }] },
  'page-up': { label: 'data_key_page', keys: [{ key: 'PageUp' }] },
  'page-down': { label: 'data_key_page', keys: [{ key: 'PageDown' }] },
  'first-row': { label: 'data_key_ends', keys: [{ key: 'ArrowUp', command }] },
  'last-row': { label: 'data_key_ends', keys: [{ key: 'ArrowDown', command }] },
  home: { label: 'data_key_ends', keys: [{ key: 'Home' }, { key: 'Home', command }] },
  end: { label: 'data_key_ends', keys: [{ key: 'End' }, { key: 'End', command }] },
  'columns-left': { label: 'data_key_columns', keys: [{ key: 'ArrowLeft', command }] },
  'columns-right': { label: 'data_key_columns', keys: [{ key: 'ArrowRight', command }] },
  'spot-before': { label: 'data_key_spot', keys: [{ key: 'ArrowLeft', alt }] },
  'spot-after': { label: 'data_key_spot', keys: [{ key: 'ArrowRight', alt }] },
  'select-up': { label: 'data_key_select', keys: [{ key: 'ArrowUp', shift }] },
  'select-down': { label: 'data_key_select', keys: [{ key: 'ArrowDown', shift }] },
  'select-left': { label: 'data_key_select', keys: [{ key: 'ArrowLeft', shift }] },
  'select-right': { label: 'data_key_select', keys: [{ key: 'ArrowRight', shift }] },
  'select-page-up': { label: 'data_key_select_far', keys: [{ key: 'PageUp', shift }] },
  'select-page-down': { label: 'data_key_select_far', keys: [{ key: 'PageDown', shift }] },
  'select-first-row': { label: 'data_key_select_far', keys: [{ key: 'ArrowUp', command, shift }] },
  'select-last-row': { label: 'data_key_select_far', keys: [{ key: 'ArrowDown', command, shift }] },
  'select-first-column': { label: 'data_key_select_far', keys: [{ key: 'ArrowLeft', command, shift }] },
  'select-last-column': { label: 'data_key_select_far', keys: [{ key: 'ArrowRight', command, shift }] },
  'select-home': {
    label: 'data_key_select_far',
    keys: [
      { key: 'Home', shift },
      { key: 'Home', command, shift },
    ],
  },
  'select-end': {
    label: 'data_key_select_far',
    keys: [
      { key: 'End', shift },
      { key: 'End', command, shift },
    ],
  },
  'select-rows': { label: 'data_key_select_rows', keys: [{ key: ' ', shift }] },
  'select-all': { label: 'data_key_select_all', keys: [{ key: 'a', command }] },
  edit: {
    label: 'data_key_edit',
    keys: [{ key: 'Enter' }, { key: 'F2' }, { key: 'Enter', shift }, { key: 'Enter', command }],
  },
  take: { label: 'data_key_take', keys: [{ key: 'Enter' }], of: 'cell' },
  'take-next': { label: 'data_key_take', keys: [{ key: 'Tab' }], of: 'cell' },
  'line-break': { label: 'data_key_line_break', keys: [{ key: 'Enter', shift }], of: 'cell' },
  copy: { label: 'data_key_clipboard', keys: [{ key: 'c', command }], of: 'clipboard' },
  cut: { label: 'data_key_clipboard', keys: [{ key: 'x', command }], of: 'clipboard' },
  paste: { label: 'data_key_clipboard', keys: [{ key: 'v', command }], of: 'clipboard' },
  'fill-down': { label: 'data_key_fill', keys: [{ key: 'd', command }] },
  'duplicate-row': { label: 'data_key_duplicate', keys: [{ key: 'd', command, shift }] },
  clear: {
    label: 'data_key_clear',
    keys: [{ key: 'Delete' }, { key: 'Backspace' }, { key: 'Delete', shift }, { key: 'Backspace', shift }],
  },
  'delete-row': {
    label: 'data_key_delete',
    keys: [
      { key: 'Delete', command },
      { key: 'Backspace', command },
    ],
  },
  'row-up': { label: 'data_key_move_row', keys: [{ key: 'ArrowUp', alt }] },
  'row-down': { label: 'data_key_move_row', keys: [{ key: 'ArrowDown', alt }] },
  leave: { label: 'data_key_leave', keys: [{ key: 'Escape' }, { key: 'Escape', shift }] },
} as const satisfies Record<string, GridKey>;

export type GridKeyId = keyof typeof gridKeys;

/** The key that is shown beside what it does, as the platform writes it. */
export function gridShortcut(id: GridKeyId, platform: string): string {
  return chordText(gridKeys[id].keys[0], platform);
}

const entries = Object.entries(gridKeys) as [GridKeyId, GridKey][];

/** What a key does in the grid; null: the key is typed into the cell, or is not the grid's. */
export function gridKeyOf(press: KeyPress): GridKeyId | null {
  const found = entries.find(([, { keys, of }]) => !of && keys.some((chord) => matches(chord, press)));
  return found?.[0] ?? null;
}

/** The lines of the list of shortcuts: a label with the first key of each of its entries. */
export function gridKeyLines(): { label: TextKey; keys: Chord[] }[] {
  const lines = Map.groupBy(entries, ([, { label }]) => label);
  return [...lines].map(([label, all]) => ({ label, keys: all.map(([, { keys }]) => keys[0]!) }));
}

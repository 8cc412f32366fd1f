/**
 * The keys of Inspect's Step through: the one list that the screen and the list of shortcuts read. They
 * work wherever the focus is but in a text field; arrows belong to the matrix that has the focus.
 */
import type { TextKey } from '../text/text.svelte.ts';
import { type Chord, type KeyPress, matches } from './keys.ts';

const shift = true;

/** In the order of the list of shortcuts. */
export const inspectKeys = {
  next: { label: 'inspect_key_next', keys: [{ key: 'j' }] },
  back: { label: 'inspect_key_back', keys: [{ key: 'k' }] },
  'leap-next': { label: 'inspect_key_leap_next', keys: [{ key: 'j', shift }] },
  'leap-back': { label: 'inspect_key_leap_back', keys: [{ key: 'k', shift }] },
  first: { label: 'inspect_key_first', keys: [{ key: 'Home' }] },
  last: { label: 'inspect_key_last', keys: [{ key: 'End' }] },
  play: { label: 'inspect_key_play', keys: [{ key: 'n' }] },
  'go-to': { label: 'inspect_key_go_to', keys: [{ key: 'g' }] },
  breakpoint: { label: 'inspect_key_breakpoint', keys: [{ key: 'b' }] },
  layer: { label: 'inspect_key_layer', keys: [{ key: 'y' }] },
  unit: { label: 'inspect_key_unit', keys: [{ key: 'u' }] },
} as const satisfies Record<string, { label: TextKey; keys: readonly Chord[] }>;

export type InspectKeyId = keyof typeof inspectKeys;

const entries = Object.entries(inspectKeys) as [InspectKeyId, { label: TextKey; keys: readonly Chord[] }][];

/** What a key does; null: it is not Step through's, or is typed into a field. */
export function inspectKeyOf(press: KeyPress, inText: boolean): InspectKeyId | null {
  if (inText) return null;
  return entries.find(([, { keys }]) => keys.some((chord) => matches(chord, press)))?.[0] ?? null;
}

/** The lines of the list of shortcuts. */
export function inspectKeyLines(): { label: TextKey; keys: Chord[] }[] {
  return entries.map(([, { label, keys }]) => ({ label, keys: [...keys] }));
}

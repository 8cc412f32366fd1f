/** What a label of a file can become. Pure. */
export interface LabelChoice {
  to: string;
  /** new: the project has no such label; it comes in as it is. */
  kind: 'known' | 'new';
}

/**
 * The label itself first, then its new name, the project's labels, and the file's; each once. Empty labels
 * are left out unless the label itself is empty.
 */
export function labelChoices(
  label: string,
  becomes: string,
  draftLabels: readonly string[],
  known: readonly string[],
): LabelChoice[] {
  const isKnown = new Set(draftLabels);
  const all = [label, becomes, ...draftLabels, ...known].filter((one) => one !== '' || label === '');
  return [...new Set(all)].map((to) => ({ to, kind: isKnown.has(to) ? 'known' : 'new' }));
}

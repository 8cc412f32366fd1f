/** What a label of a file may become. Pure. */
export interface LabelChoice {
  to: string;
  /** new: the project has none of that name; it comes in as it is. */
  kind: 'known' | 'new';
}

/** Itself first, what it was made next, then the project's labels, then those of the file; each once, none empty but itself. */
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

/** Whether a key is a tab's own letter: without Ctrl, Alt or ⌘, and not typed into a field or a list. */
export function isLetterKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey)
    return false;
  const target = event.target instanceof HTMLElement ? event.target : null;
  return (
    /^[a-z]$/i.test(event.key) &&
    !target?.closest(
      'input:not([type=radio]), textarea, [contenteditable], [role=dialog], [role=menu], [role=listbox], [aria-haspopup=listbox]',
    )
  );
}

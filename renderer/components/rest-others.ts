/**
 * Lets everything of the page rest but one element: neither the pointer nor the Tab key reaches the rest.
 * What opens beside the page's root (menus, dialogs, cards) is left alone.
 *
 * @returns Ends it.
 */
export function restOthers(element: HTMLElement): () => void {
  const resting: HTMLElement[] = [];
  for (let inside = element; inside.parentElement && inside.parentElement !== document.body; ) {
    const { parentElement } = inside;
    for (const other of parentElement.children) {
      if (other === inside || !(other instanceof HTMLElement) || other.inert) continue;
      other.inert = true;
      resting.push(other);
    }
    inside = parentElement;
  }
  return () => {
    for (const other of resting) other.inert = false;
  };
}

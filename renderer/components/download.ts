/** Saves a text as a file by the browser's own download. */
export function downloadText(text: string | readonly string[], type: string, name: string): void {
  const address = URL.createObjectURL(new Blob(typeof text === 'string' ? [text] : [...text], { type }));
  download(address, name);
  URL.revokeObjectURL(address);
}

/** @param address A blob: or data: URL. */
export function download(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

/**
 * Keeps letters and digits of any script and replaces the rest by hyphens: a file name that every system
 * accepts.
 */
export function plainFileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
}

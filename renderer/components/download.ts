/** Files that the page itself gives, by the browser's own download. */
export function downloadText(text: string | readonly string[], type: string, name: string): void {
  const address = URL.createObjectURL(new Blob(typeof text === 'string' ? [text] : [...text], { type }));
  download(address, name);
  URL.revokeObjectURL(address);
}

/** @param address of a blob, or data. */
export function download(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

/** Letters and digits of any script, so that every system takes it. */
export function plainFileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
}

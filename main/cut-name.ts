/** The longest file name, in bytes, that disks accept, less what SQLite appends (`-journal`). */
export const mostNameBytes = 255 - 8;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The longest beginning of a file name that fits into `mostBytes` bytes of UTF-8 without cutting a character in two.
 */
export function cutName(name: string, mostBytes: number): string {
  let bytes = 0;
  for (const { segment, index } of graphemes.segment(name)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > mostBytes) return name.slice(0, index);
  }
  return name;
}

/** Lines of Python, each with its comment. */
export type Commented = [code: string, comment?: string];

/** Aligns the comments of a block where that keeps the lines short. */
export function aligned(lines: Commented[]): string[] {
  const column = Math.min(44, Math.max(...lines.filter((line) => line[1]).map(([code]) => code.length)));
  return lines.map(([code, comment]) => (comment ? `${code.padEnd(column)}  # ${comment}` : code));
}

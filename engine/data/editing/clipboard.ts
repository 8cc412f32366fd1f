/** Tables as spreadsheets put them on the clipboard: one row per line, tabs between cells. */

/**
 * Reads the cells of a text from Excel, LibreOffice or Google Sheets. A cell is quoted where it begins with a quote
 * and ends with one before the next tab or line end; it may hold tabs, line breaks and doubled quotes. Any other
 * quote is an ordinary character. Lines end with LF, CR LF or CR; a line end after the last row begins no new row.
 */
export function parseTable(text: string): string[][] {
  const source = text.replace(/^\uFEFF/, '');
  const table: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  for (;;) {
    const quoted = quotedCell(source, at);
    const end = quoted ? quoted.end : cellEnd(source, at);
    cells.push(quoted ? quoted.text : source.slice(at, end));
    if (source[end] === '\t') {
      at = end + 1;
      continue;
    }
    table.push(cells);
    cells = [];
    at = end + (source.startsWith('\r\n', end) ? 2 : 1);
    if (at >= source.length) return table;
  }
}

function cellEnd(source: string, from: number): number {
  let at = from;
  while (at < source.length && source[at] !== '\t' && source[at] !== '\n' && source[at] !== '\r') at += 1;
  return at;
}

/** The quoted cell at this place; null where there is none. */
function quotedCell(source: string, from: number): { text: string; end: number } | null {
  if (source[from] !== '"') return null;
  let at = from + 1;
  for (;;) {
    const quote = source.indexOf('"', at);
    if (quote < 0) return null;
    if (source[quote + 1] === '"') {
      at = quote + 2;
      continue;
    }
    if (cellEnd(source, quote + 1) !== quote + 1) return null;
    return { text: source.slice(from + 1, quote).replaceAll('""', '"'), end: quote + 1 };
  }
}

/** Writes the table as a text that `parseTable` and spreadsheets read as this table. */
export function tableText(table: readonly (readonly string[])[]): string {
  const text = table.map((cells) => cells.map(written).join('\t')).join('\n');
  // An empty last line would be taken for the end of the line before it.
  return table.length > 1 && text.endsWith('\n') ? `${text}\n` : text;
}

function written(cell: string): string {
  return /^["\uFEFF]|[\t\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * The table as HTML, which spreadsheets prefer. Every cell is marked as text, so that `007`, `1e5` and `=x` stay
 * unchanged, and spaces and line breaks are kept.
 */
export function tableHtml(table: readonly (readonly string[])[]): string {
  const cell = (text: string) => {
    const escaped = text.replace(/[&<>]/g, (sign) => escapes[sign]!).replace(/\r\n|\r|\n/g, '<br>');
    return `<td style="white-space:pre-wrap;mso-number-format:'\\@'" data-sheets-numberformat="[null,[&quot;@&quot;]]">${escaped}</td>`;
  };
  const rows = table.map((cells) => `<tr>${cells.map(cell).join('')}</tr>`).join('');
  return `<meta charset="utf-8"><table>${rows}</table>`;
}

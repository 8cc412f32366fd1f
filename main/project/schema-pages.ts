/**
 * Walks the pages of a file's schema before SQLite reads them. SQLite follows whatever pointers they hold, visits a
 * page that is named a thousand times a thousand times, and cannot be interrupted.
 * https://www.sqlite.org/fileformat2.html#b_tree_pages
 */
import { fstatSync, readSync } from 'node:fs';

/** Limit of the schema's pages; a project's schema takes 4 pages of 4,096 bytes. */
const mostPages = 64;
const mostObjects = 200;
const mostBytes = 256 * 1024;

const interiorPage = 5;
const leafPage = 13;
const fileHeaderBytes = 100;

/** Why SQLite must not read the schema; null if it may. The file must not change meanwhile. */
export function whyNoSchema(descriptor: number, pageBytes: number): string | null {
  const pageCount = Math.floor(fstatSync(descriptor).size / pageBytes);
  const seen = new Set<number>();
  const waiting = [1];
  let objects = 0;
  let bytes = 0;
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (number < 1 || number > pageCount) return `its schema refers to page ${number} of ${pageCount}`;
    if (seen.has(number)) return `its schema refers to page ${number} twice`;
    if (seen.size === mostPages) return `its schema takes more than ${mostPages} pages`;
    seen.add(number);
    const page = Buffer.alloc(pageBytes);
    readSync(descriptor, page, 0, pageBytes, (number - 1) * pageBytes);
    const start = number === 1 ? fileHeaderBytes : 0;
    const kind = page[start];
    const cells = page.readUInt16BE(start + 3);
    if (kind !== interiorPage && kind !== leafPage) return `its schema has a page of kind ${kind}`;
    const pointers = start + (kind === interiorPage ? 12 : 8);
    if (pointers + 2 * cells > pageBytes) return `page ${number} of its schema is damaged`;
    if (kind === interiorPage) waiting.push(page.readUInt32BE(start + 8));
    else objects += cells;
    for (let cell = 0; cell < cells; cell++) {
      const at = page.readUInt16BE(pointers + 2 * cell);
      if (at + 4 > pageBytes) return `page ${number} of its schema is damaged`;
      if (kind === interiorPage) waiting.push(page.readUInt32BE(at));
      else bytes += payloadBytes(page, at);
      if (waiting.length > mostPages) return `its schema takes more than ${mostPages} pages`;
    }
    if (objects > mostObjects) return `it has more than ${mostObjects} tables, indexes and triggers`;
    if (bytes > mostBytes) return `its schema has more than ${mostBytes} bytes`;
  }
  return null;
}

/** The length with which a cell begins, a varint. Lengths of more than four bytes exceed the limit in any case. */
function payloadBytes(page: Buffer, at: number): number {
  let value = 0;
  for (let byte = 0; byte < 4; byte++) {
    const next = page[at + byte]!;
    value = value * 128 + (next & 0x7f);
    if (next < 0x80) return value;
  }
  return Number.POSITIVE_INFINITY;
}

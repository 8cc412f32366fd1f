/** The files of the built page, as both hosts serve them. */
import { readFile } from 'node:fs/promises';
import { extname, join, relative, resolve, sep } from 'node:path';

export interface PageFile {
  contentType: string;
  body: Buffer<ArrayBuffer>;
}

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/**
 * The file that a URL's path names; `/` is the page itself. null if there is no file of a known type inside `folder`,
 * however the path is written.
 */
export async function readPageFile(folder: string, pathname: string): Promise<PageFile | null> {
  const path = pathname === '/' ? '/index.html' : decode(pathname);
  if (path === null || path.includes('\0')) return null;
  const file = resolve(join(folder, path));
  if (relative(folder, file).split(sep)[0] === '..') return null;
  const contentType = CONTENT_TYPES[extname(file)];
  if (contentType === undefined) return null;
  try {
    return { contentType, body: await readFile(file) };
  } catch {
    return null;
  }
}

function decode(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}

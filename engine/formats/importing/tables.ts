/**
 * Reads tables from text: finds their separator and reads their fields, in pieces, so that a long table can be
 * abandoned.
 */
import papaparse from 'papaparse';
import { countKnownHeaders } from './columns.ts';

export const separators = [',', ';', '\t', '|'] as const;
export type Separator = (typeof separators)[number];

export interface TableShape {
  /** null: each line is one field. */
  separator: Separator | null;
  /** Whether a field that begins with a double quote ends with one and may hold anything in between (RFC 4180). */
  quotes: boolean;
  /** Lines that begin with this text are left out; null: no lines are. */
  comment: string | null;
}

/** Lines that are examined to find the shape. */
const sampleLines = 200;
const pieceCharacters = 1 << 20;

/** The likely shape of the text: the separator that splits most of its lines into the same number of fields. */
export function findTableShape(text: string): TableShape {
  const head = text.slice(0, pieceCharacters);
  const first = head.trimStart();
  const comment = first.startsWith('#') && /^[^#\r\n]/m.test(first) && !isMarkedHeader(first) ? '#' : null;
  const scored = separators.map((separator) => {
    const shape = { separator, quotes: true, comment };
    const lines = tidy(head, shape).text.split('\n').slice(0, sampleLines);
    const records = parsePiece(lines.join('\n'), shape).filter((fields) => !isBlank(fields));
    // A header of known names decides, whatever the other lines hold.
    const named = countKnownHeaders(records[0] ?? []) > 1 ? 1 : 0;
    return { separator, score: named + consistency(records.map((fields) => fields.length)) };
  });
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  // A tab is hardly in a text by chance; with other separators most lines must agree.
  const tab = scored.find(({ separator }) => separator === '\t')!;
  const isTab = tab.score >= 0.5 && best.score < 1;
  const separator = isTab ? '\t' : best.score >= 0.7 ? best.separator : null;
  return { separator, quotes: true, comment };
}

/** Whether the first line alone begins with #, and names columns: `# input,target`. */
function isMarkedHeader(text: string): boolean {
  const [first = '', ...others] = text.split('\n', sampleLines);
  const isNamed = separators.some((separator) => countKnownHeaders(first.split(separator)) > 1);
  return isNamed && !others.some((line) => line.startsWith('#'));
}

/**
 * Scores how regularly lines are split, about 0 … 1: half for the share of lines that are split at all, half for the
 * share with the most common count of fields, and a little for more fields.
 */
function consistency(counts: number[]): number {
  if (counts.length === 0) return 0;
  const times = new Map<number, number>();
  for (const count of counts) if (count > 1) times.set(count, (times.get(count) ?? 0) + 1);
  const cut = counts.filter((count) => count > 1).length / counts.length;
  let best = 0;
  for (const [fields, count] of times) {
    best = Math.max(best, (cut + count / counts.length) / 2 + Math.min(fields, 9) / 1000);
  }
  return best;
}

export const isBlank = (fields: readonly string[]): boolean => fields.every((field) => field.trim() === '');

export interface TableRecords {
  records: string[][];
  /** Count of non-blank records that were not read; 0: all were read. */
  rest: number;
}

/**
 * Reads records from the first on, including blank ones, so that a record's index matches a spreadsheet's row
 * number. After `enough` non-blank records, reading ends with the current piece, and the rest are counted. Yields
 * its progress, 0 … 1.
 */
export function* readTable(
  text: string,
  shape: TableShape,
  enough = Number.POSITIVE_INFINITY,
): Generator<number, TableRecords> {
  const { text: tidied, cuts } = tidy(text, shape);
  const records: string[][] = [];
  let full = 0;
  let from = 0;
  for (const cut of [...cuts, tidied.length]) {
    for (const fields of parsePiece(tidied.slice(from, cut), shape)) {
      records.push(fields);
      if (!isBlank(fields)) full++;
    }
    from = cut;
    if (full >= enough) break;
    yield tidied.length === 0 ? 1 : from / tidied.length;
  }
  return { records, rest: countRecords(tidied, from, shape) };
}

/** Counts the non-blank records of a tidied text, from the beginning of one; forty times as fast as reading them. */
function countRecords(text: string, from: number, { separator, quotes }: TableShape): number {
  const separatorCode = separator?.charCodeAt(0);
  const hasQuotes = quotes && text.includes('"', from);
  let count = 0;
  let isFieldStart = true;
  let isFull = false;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === lineFeed) {
      if (isFull) count++;
      isFull = false;
      isFieldStart = true;
    } else if (code === separatorCode) isFieldStart = true;
    else if (hasQuotes && isFieldStart && code === doubleQuote) {
      const close = closingQuote(text, i);
      isFull ||= text.slice(i + 1, close).trim() !== '';
      isFieldStart = false;
      i = close;
    } else {
      isFull ||= !isSpace(code);
      isFieldStart = false;
      // The rest of the line decides nothing. With quotes, a line feed may lie within a field, so the line must be
      // read.
      if (isFull && !hasQuotes) {
        const end = text.indexOf('\n', i);
        i = (end === -1 ? text.length : end) - 1;
      }
    }
  }
  return isFull ? count + 1 : count;
}

const [lineFeed, doubleQuote] = [10, 34];
const isSpace = (code: number) =>
  code === 32 || (code >= 9 && code <= 13) || (code > 127 && String.fromCharCode(code).trim() === '');

function parsePiece(text: string, { separator, quotes }: TableShape): string[][] {
  if (text === '') return [];
  // A final line feed ends its record and begins no new one.
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  if (separator === null && !quotes) return body.split('\n').map((line) => [line]);
  const options = { delimiter: separator ?? noSeparator, newline: '\n' as const, skipEmptyLines: false };
  const quoteChar = quotes ? '"' : noSeparator;
  const parsed = papaparse.parse<string[]>(body, { ...options, quoteChar, escapeChar: quoteChar });
  return body === '' ? [['']] : parsed.data;
}

/** Occurs in no text: such a character counts as a bad place of its bytes. */
const noSeparator = '\u0001';

/**
 * Normalises the text: only line feeds separate records, comment lines are blank, and a field with a quote that
 * opens no quoted field is itself written in quotes. `cuts` are the indices, about a million characters apart, at
 * which a record begins.
 */
function tidy(text: string, { separator, quotes, comment }: TableShape): { text: string; cuts: number[] } {
  if (!quotes || !text.includes('"')) {
    const lines = text.replace(/\r\n?/g, '\n');
    const isComment = (line: string) => comment !== null && line.startsWith(comment);
    const plain =
      comment === null
        ? lines
        : lines
            .split('\n')
            .map((line) => (isComment(line) ? '' : line))
            .join('\n');
    return { text: plain, cuts: cutsAt(plain) };
  }
  const parts: string[] = [];
  const cuts: number[] = [];
  let length = 0;
  let lastCut = 0;
  let noMoreQuotes = false;
  const isEnd = (i: number) =>
    i >= text.length || text[i] === separator || text[i] === '\n' || text[i] === '\r';
  const endOfField = (i: number) => {
    while (!isEnd(i)) i++;
    return i;
  };
  const push = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  let isRecordStart = true;
  for (let i = 0; i < text.length; ) {
    if (isRecordStart && comment !== null && text.startsWith(comment, i)) {
      while (i < text.length && text[i] !== '\n' && text[i] !== '\r') i++;
    }
    isRecordStart = false;
    let end: number;
    if (text[i] === '"') {
      const close: number = noMoreQuotes ? -1 : closingQuote(text, i);
      noMoreQuotes ||= close === -1;
      if (close !== -1 && isEnd(close + 1)) {
        end = close + 1;
        push(text.slice(i, end));
      } else {
        end = endOfField(i);
        push(`"${text.slice(i, end).replaceAll('"', '""')}"`);
      }
    } else {
      end = endOfField(i);
      push(text.slice(i, end));
    }
    if (text[end] === separator && separator !== null) push(separator);
    else if (end < text.length) {
      if (text[end] === '\r' && text[end + 1] === '\n') end++;
      push('\n');
      isRecordStart = true;
      if (length - lastCut >= pieceCharacters) {
        cuts.push(length);
        lastCut = length;
      }
    }
    i = end + 1;
  }
  return { text: parts.join(''), cuts };
}

function cutsAt(text: string): number[] {
  const cuts: number[] = [];
  for (
    let at = text.indexOf('\n', pieceCharacters);
    at !== -1;
    at = text.indexOf('\n', at + pieceCharacters)
  ) {
    cuts.push(at + 1);
  }
  return cuts;
}

/** The index of the quote that closes the one at `open`, skipping doubled quotes; −1 where none does. */
function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}

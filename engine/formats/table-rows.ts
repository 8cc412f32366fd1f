import type { Split } from '../data/draft.ts';

export interface PastedRow {
  input: string;
  target: string;
  split: Split;
  note: string;
}

/**
 * Rows from a spreadsheet, a .tsv or a .csv: one row per line, with the columns input, target, split and note. The
 * separator is a tab where the text has any, else a comma. Fields in double quotes may hold separators, line breaks
 * and doubled quotes (RFC 4180). A first line that names the columns (`input`, `target`) and empty lines are left
 * out. A missing column is empty; an unknown split is `train`.
 */
export function parseRows(text: string): PastedRow[] {
  const separator = text.includes('\t') ? '\t' : ',';
  const lines = splitFields(text.replace(/^\uFEFF/, ''), separator).filter((fields) =>
    fields.some((f) => f !== ''),
  );
  const header = lines[0]?.map((field) => field.trim().toLowerCase());
  const named = header?.includes('input') ?? false;
  const column = (name: string, place: number) => (named ? header!.indexOf(name) : place);
  const [input, target, split, note] = [
    column('input', 0),
    column('target', 1),
    column('split', 2),
    column('note', 3),
  ];
  return lines.slice(named ? 1 : 0).map((fields) => ({
    input: fields[input] ?? '',
    target: fields[target] ?? '',
    split: asSplit(fields[split]),
    note: fields[note] ?? '',
  }));
}

function asSplit(text: string | undefined): Split {
  const wanted = text?.trim().toLowerCase();
  return wanted === 'validation' || wanted === 'off' ? wanted : 'train';
}

function splitFields(text: string, separator: string): string[][] {
  const lines: string[][] = [];
  let fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i]!;
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += '"';
        i += 1;
      } else quoted = false;
    } else if (char === '"' && field === '') quoted = true;
    else if (char === separator) {
      fields.push(field);
      field = '';
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[i + 1] === '\n') i += 1;
      lines.push([...fields, field]);
      fields = [];
      field = '';
    } else field += char;
  }
  lines.push([...fields, field]);
  return lines;
}

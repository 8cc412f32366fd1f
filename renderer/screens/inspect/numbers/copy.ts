/** Numbers as text for other programs. Pure. */
import { digits, type Expression, pythonName, sheetFormula, torchLine } from './expression.ts';

/** One tensor, or one number with the way it comes about. */
export interface Copied {
  name: string;
  /** [] for one number, [n] or [rows, columns]. */
  shape: readonly number[];
  /** Row-major; null: not computed. */
  values: ArrayLike<number | null>;
  /** Of each value, where it is known how it comes about. */
  expression?: ((index: number) => Expression | undefined) | undefined;
}

export const copyForms = ['tsv', 'json', 'pytorch', 'spreadsheet'] as const;
export type CopyForm = (typeof copyForms)[number];

const writers = {
  tsv: (all) =>
    all.map((one) =>
      named(
        one,
        all,
        rowsOf(one, (value) => (value === null ? '' : digits(value))),
      ),
    ),
  json: (all) => [JSON.stringify(Object.fromEntries(all.map((one) => [one.name, jsonOf(one)])), null, 2)],
  pytorch: (all) => ['import torch', '', ...all.map(pythonOf)],
  spreadsheet: (all) =>
    all.map((one) =>
      named(
        one,
        all,
        rowsOf(one, (value, index) => {
          const expression = one.expression?.(index);
          return expression ? sheetFormula(expression) : value === null ? '' : `=${digits(value)}`;
        }),
      ),
    ),
} satisfies Record<CopyForm, (all: readonly Copied[]) => string[]>;

/** The numbers in that form; several tensors stand under each other, each under its name. */
export function copyText(form: CopyForm, all: readonly Copied[]): string {
  return `${writers[form](all).join('\n')}\n`;
}

/** A single tensor needs no name above it: it is pasted as it is. */
function named({ name }: Copied, all: readonly Copied[], rows: string[]): string {
  return [...(all.length > 1 ? [name] : []), ...rows, ...(all.length > 1 ? [''] : [])].join('\n');
}

function rowsOf({ shape, values }: Copied, text: (value: number | null, index: number) => string): string[] {
  const columns = shape.length > 1 ? shape.at(-1)! : 1;
  const rows = columns === 0 ? 0 : values.length / columns;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const index = row * columns + column;
      return text(values[index]!, index);
    }).join('\t'),
  );
}

function jsonOf({ shape, values }: Copied): unknown {
  const number = (value: number | null) =>
    value === null || !Number.isFinite(value) ? null : Number(digits(value));
  return nested(shape, values, number);
}

function pythonOf(one: Copied): string {
  const { name, shape, values } = one;
  if (shape.length === 0) {
    const expression = one.expression?.(0);
    if (expression) return torchLine(name, expression);
  }
  const number = (value: number | null) =>
    value === null ? 'float("nan")' : digits(value).replace('NaN', 'float("nan")');
  const text = (part: unknown): string =>
    Array.isArray(part) ? `[${part.map(text).join(', ')}]` : String(part);
  return `${pythonName(name)} = torch.tensor(${text(nested(shape, values, number))})`;
}

function nested<T>(
  shape: readonly number[],
  values: ArrayLike<number | null>,
  of: (value: number | null) => T,
): unknown {
  const part = (depth: number, from: number, size: number): unknown => {
    if (depth === shape.length) return of(values[from]!);
    const length = shape[depth]!;
    const step = length === 0 ? 0 : size / length;
    return Array.from({ length }, (_, i) => part(depth + 1, from + i * step, step));
  };
  return part(0, 0, values.length);
}

/**
 * Tensors as PyTorch prints them: torch/_tensor_str.py with its default options (4 decimals, lines of 80 characters,
 * more than 1000 numbers shortened to 3 at each edge), without grad_fn.
 */
const precision = 4;
const lineWidth = 80;
const threshold = 1000;
const edgeItems = 3;

export interface PrintableTensor {
  shape: readonly number[];
  /** Row-major. */
  data: ArrayLike<number>;
}

/** `tensor([[-0.6982, -0.2092]])` */
export function tensorText({ shape, data }: PrintableTensor): string {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 0) return shape.length === 1 ? 'tensor([])' : `tensor([], size=(${shape.join(', ')}))`;
  const shorten = count > threshold;
  const format = chooseFormat(shorten ? edgeNumbers(shape, data, 0, 0) : Array.from(data));
  return `tensor(${bracket(shape, data, 0, 0, 'tensor('.length, shorten, format)})`;
}

/** The shape as a Python tuple: `(5, 1, 4)`, `(4,)`. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

/** `torch.Size([1, 4])` */
export function sizeText(shape: readonly number[]): string {
  return `torch.Size([${shape.join(', ')}])`;
}

interface Format {
  text(value: number): string;
  width: number;
}

/**
 * Chooses one format and width for all numbers: whole numbers as `1.`, very unequal or extreme ones with an
 * exponent.
 */
function chooseFormat(values: readonly number[]): Format {
  // Zeros and numbers that are not finite do not affect the format, not even its width.
  const counted = values.filter((value) => Number.isFinite(value) && value !== 0);
  const sizes = counted.map(Math.abs);
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const smallest = sizes.reduce((a, b) => Math.min(a, b), Infinity);
  const extreme = largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
  const whole = counted.every((value) => Number.isInteger(value));
  const finite = extreme ? exponential : whole ? (value: number) => `${fixed(value, 0)}.` : decimal;
  const width = counted.reduce((widest, value) => Math.max(widest, finite(value).length), 1);
  const text = (value: number) => (Number.isFinite(value) ? finite(value) : notFinite(value)).padStart(width);
  return { text, width };
}

function decimal(value: number): string {
  return fixed(value, precision);
}

function notFinite(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

/**
 * Python's `{:.4f}`: a value exactly between two decimals is rounded to the even one (JavaScript's toFixed rounds it
 * away from zero), and −0 keeps its sign.
 */
export function fixed(value: number, decimals: number): string {
  const size = Math.abs(value);
  const exact = size.toFixed(decimals + 53);
  const even = evenOfTie(exact.slice(0, -53), exact.slice(-53)) ?? size.toFixed(decimals);
  return signOf(value) + even;
}

/** Python's `{:.4e}`: ties are rounded to even, and the exponent has at least two digits. */
function exponential(value: number): string {
  const size = Math.abs(value);
  const [exact] = size.toExponential(precision + 60).split('e');
  const [mantissa, exponent] = size.toExponential(precision).split('e');
  const even = evenOfTie(exact!.slice(0, -60), exact!.slice(-60)) ?? mantissa;
  return `${signOf(value)}${even}e${exponent![0]}${exponent!.slice(1).padStart(2, '0')}`;
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

/** The digits kept, where those cut off are exactly a half and the last digit kept is even; else null. */
function evenOfTie(kept: string, cut: string): string | null {
  const digits = kept.replace(/\.$/, '');
  return /^50*$/.test(cut) && Number(digits.at(-1)) % 2 === 0 ? digits : null;
}

/** The numbers that a shortened print shows; they decide the format. */
function edgeNumbers(shape: readonly number[], data: ArrayLike<number>, axis: number, at: number): number[] {
  if (axis === shape.length) return [data[at]!];
  const stride = strideOf(shape, axis);
  return shownIndices(shape[axis]!, true).flatMap((i) =>
    i === null ? [] : edgeNumbers(shape, data, axis + 1, at + i * stride),
  );
}

/** The indices shown along an axis; null stands for those left out. */
function shownIndices(size: number, shorten: boolean): (number | null)[] {
  const all = Array.from({ length: size }, (_, i) => i);
  if (!shorten || size <= 2 * edgeItems) return all;
  return [...all.slice(0, edgeItems), null, ...all.slice(-edgeItems)];
}

function strideOf(shape: readonly number[], axis: number): number {
  return shape.slice(axis + 1).reduce((product, size) => product * size, 1);
}

function bracket(
  shape: readonly number[],
  data: ArrayLike<number>,
  axis: number,
  at: number,
  indent: number,
  shorten: boolean,
  format: Format,
): string {
  if (axis === shape.length) return format.text(data[at]!);
  const indices = shownIndices(shape[axis]!, shorten);
  const dimensions = shape.length - axis;
  if (dimensions === 1) {
    const cells = indices.map((i) => (i === null ? ' ...' : format.text(data[at + i]!)));
    return row(cells, indent, format.width);
  }
  const stride = strideOf(shape, axis);
  const slices = indices.map((i) =>
    i === null ? '...' : bracket(shape, data, axis + 1, at + i * stride, indent + 1, shorten, format),
  );
  return `[${slices.join(`,${'\n'.repeat(dimensions - 1)}${' '.repeat(indent + 1)}`)}]`;
}

/** The innermost brackets, with as many numbers on each line as fit. */
function row(cells: string[], indent: number, width: number): string {
  const perLine = Math.max(1, Math.floor((lineWidth - indent) / (width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += perLine) lines.push(cells.slice(i, i + perLine).join(', '));
  return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`;
}

import type { WeightPatch } from '../api.ts';
import { type Problem, problem } from '../errors.ts';
import { quote } from './samples.ts';

/** Problems listed of one list of values. */
const listed = 20;

/** What keeps the values from being put into weights like these; the first of many. */
export function checkPatches(weights: Shapes, values: readonly WeightPatch[], path: string): Problem[] {
  const problems: Problem[] = [];
  for (const [i, patch] of values.entries()) {
    const found = checkPatch(weights, patch, `${path}[${i}]`);
    if (found !== null && problems.length < listed) problems.push(found);
  }
  return problems;
}

type Shapes = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>
>;

function checkPatch(weights: Shapes, { key, index, value }: WeightPatch, at: string): Problem | null {
  if (!Object.hasOwn(weights, key)) {
    const keys = Object.keys(weights).join(', ');
    const message = `${at}.key is ${quote(key)}; the model's parameters are ${keys}`;
    return problem('patch-key', `${at}.key`, message, { key, keys });
  }
  const { shape, data } = weights[key]!;
  if (!(Number.isInteger(index) && index >= 0 && index < data.length)) {
    const places = `[${shape.join(', ')}]`;
    const message = `${at}.index is ${index}; ${key} ${places} has the places 0 to ${data.length - 1}`;
    return problem('patch-index', `${at}.index`, message, {
      key,
      index,
      shape: places,
      last: data.length - 1,
    });
  }
  if (Number.isFinite(Math.fround(value))) return null;
  const message = `${at}.value is ${value}; a weight must be a finite float32 number`;
  return problem('patch-value', `${at}.value`, message, { key, index, value: String(value) });
}

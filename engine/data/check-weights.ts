import { type Problem, problem } from '../errors.ts';
import { type DataSizes, type ModelSpec, parameterShapes } from '../model/spec.ts';
import { quote } from './samples.ts';

/** Keys that a model lacks or does not have, and shapes that are not the model's. */
export function checkWeightShapes(
  weights: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  model: ModelSpec,
  sizes: DataSizes,
  path: string,
): Problem[] {
  const expected = new Map(parameterShapes(model, sizes).map(({ key, shape }) => [key, shape]));
  const otherPrefix = checkPrefix(Object.keys(weights), [...expected.keys()], path);
  if (otherPrefix) return [otherPrefix];
  const found: Problem[] = [];
  for (const [key, shape] of expected) {
    const at = `${path}[${quote(key)}]`;
    const tensor = Object.hasOwn(weights, key) ? weights[key] : undefined;
    const needs = `the model needs ${showShape(shape)}`;
    if (tensor === undefined) {
      found.push(
        problem('missing-weight', at, `${at} is missing; ${needs}`, { key, needed: showShape(shape) }),
      );
    } else if (tensor.shape.length !== shape.length || tensor.shape.some((size, i) => size !== shape[i])) {
      const details = { key, shape: showShape(tensor.shape), needed: showShape(shape) };
      found.push(problem('weight-shape', at, `${at} has shape ${details.shape}; ${needs}`, details));
    }
  }
  for (const key of Object.keys(weights)) {
    if (expected.has(key)) continue;
    const at = `${path}[${quote(key)}]`;
    found.push(
      problem(
        'extra-weight',
        at,
        `${at} is no parameter of the model, which has ${[...expected.keys()].join(', ')}`,
        { key },
      ),
    );
    if (found.length > 100) break;
  }
  return found;
}

/**
 * Where the keys are the model's but for what stands before them: `module.` before each (of nn.DataParallel, or of
 * the member that the RNN is), or no `rnn.` (the state dict of a bare nn.RNN). One sentence says it then.
 */
function checkPrefix(keys: readonly string[], expected: readonly string[], path: string): Problem | null {
  if (keys.length !== expected.length || keys.every((key) => expected.includes(key))) return null;
  const same = (others: readonly string[]) => expected.every((key) => others.includes(key));
  const tooMuch = extraPrefix(keys, expected);
  if (tooMuch !== null && same(keys.map((key) => key.slice(tooMuch.length)))) {
    const message = `${path}: each key begins with ${quote(tooMuch)}, which the model's keys do not (${expected[0]}); take it off`;
    return problem('weight-prefix-extra', path, message, { prefix: tooMuch, key: expected[0]! });
  }
  const tooLittle = extraPrefix(expected, keys);
  if (tooLittle !== null && same(keys.map((key) => `${tooLittle}${key}`))) {
    const message = `${path}: its keys lack ${quote(tooLittle)}, with which each of the model's begins (${expected[0]}); put it before them`;
    return problem('weight-prefix-missing', path, message, { prefix: tooLittle, key: expected[0]! });
  }
  return null;
}

/** What the first of `long` has before the end that one of `short` is too; null: nothing. */
function extraPrefix(long: readonly string[], short: readonly string[]): string | null {
  const [first] = long;
  const end = short.find((key) => first?.endsWith(`.${key}`));
  return first === undefined || end === undefined ? null : first.slice(0, first.length - end.length);
}

function showShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** The one check of weights against a model: names, shapes, and that every number is a finite float32. */
import type { WeightPatch } from '../api.ts';
import { type Problem, problem, quote } from '../errors.ts';
import { elementCount } from '../tensor/floats.ts';
import type { ParameterShape } from './spec.ts';

/** Tensors by key, row-major, as numbers of a document or as float32 values. */
export type StateDict = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] | Float32Array }>
>;

/** Weights given for a model: its whole state dict, or single numbers to be put into it. */
export type GivenWeights =
  | { part: 'whole'; weights: StateDict }
  | { part: 'some'; values: readonly WeightPatch[] };

/** Most problems listed of one document; the first ones count. */
const mostListed = 100;

/**
 * Returns every problem that keeps the given weights from fitting `shapes`, the model's parameters
 * (`parameterShapes`): a key or an index that the model does not have, or a number that float32 cannot hold. A whole
 * state dict must also have every key with the model's shape. `path` is where the weights, or the list of values,
 * stand in the document.
 */
export function checkWeights(
  given: GivenWeights,
  shapes: readonly Readonly<ParameterShape>[],
  path: string,
): Problem[] {
  const model = new Map(shapes.map(({ key, shape }) => [key, shape]));
  const found =
    given.part === 'whole' ? checkWhole(given.weights, model, path) : checkSome(given.values, model, path);
  const listed: Problem[] = [];
  for (const one of found) {
    listed.push(one);
    if (listed.length === mostListed) break;
  }
  return listed;
}

type Shapes = ReadonlyMap<string, readonly number[]>;

function* checkWhole(weights: StateDict, model: Shapes, path: string): Generator<Problem> {
  const otherPrefix = checkPrefix(Object.keys(weights), [...model.keys()], path);
  if (otherPrefix) return yield otherPrefix;
  for (const [key, shape] of model) {
    const at = `${path}[${quote(key)}]`;
    const needed = showShape(shape);
    if (!Object.hasOwn(weights, key)) {
      const message = `${at} is missing; the model needs ${needed}`;
      yield problem('missing-weight', at, message, { key, needed });
      continue;
    }
    const { shape: has, data } = weights[key]!;
    if (has.length !== shape.length || has.some((size, i) => size !== shape[i])) {
      const message = `${at} has shape ${showShape(has)}; the model needs ${needed}`;
      yield problem('weight-shape', at, message, { key, shape: showShape(has), needed });
    } else if (data.length !== elementCount(shape)) {
      yield countMismatch(at, shape, data.length);
    } else {
      const index = findNotFinite(data);
      if (index !== -1) yield notFinite(`${at}.data[${index}]`, key, index, data[index]!);
    }
  }
  for (const key of Object.keys(weights)) {
    const at = `${path}[${quote(key)}]`;
    if (!model.has(key)) yield noParameter(at, at, key, model);
  }
}

function* checkSome(values: readonly WeightPatch[], model: Shapes, path: string): Generator<Problem> {
  for (const [i, { key, index, value }] of values.entries()) {
    const at = `${path}[${i}]`;
    const shape = model.get(key);
    if (shape === undefined) {
      yield noParameter(`${at}.key`, `${at}.key, ${quote(key)},`, key, model);
      continue;
    }
    const count = elementCount(shape);
    if (!(Number.isInteger(index) && index >= 0 && index < count)) {
      const message = `${at}.index is ${index}; ${key} ${showShape(shape)} has the places 0 to ${count - 1}`;
      const details = { key, index, shape: showShape(shape), last: count - 1 };
      yield problem('weight-index', `${at}.index`, message, details);
    } else if (!isFiniteFloat(value)) yield notFinite(`${at}.value`, key, index, value);
  }
}

/**
 * One problem for a state dict whose keys differ from the model's only by a prefix: `module.` before each key (from
 * nn.DataParallel, or from a module that holds the RNN as a member), or no `rnn.` (the state dict of a bare nn.RNN).
 * null where that is not the difference.
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

/**
 * The text by which the first key of `long` is longer than the key of `short` that it ends with; null where there is
 * none.
 */
function extraPrefix(long: readonly string[], short: readonly string[]): string | null {
  const [first] = long;
  const end = short.find((key) => first?.endsWith(`.${key}`));
  return first === undefined || end === undefined ? null : first.slice(0, first.length - end.length);
}

function noParameter(path: string, subject: string, key: string, model: Shapes): Problem {
  const message = `${subject} is no parameter of the model, which has ${[...model.keys()].join(', ')}`;
  return problem('extra-weight', path, message, { key });
}

/**
 * The problem of a shape that needs another number of values than there are. Readers of files use it, too, for any
 * tensor.
 */
export function countMismatch(at: string, shape: readonly number[], found: number): Problem {
  const needed = elementCount(shape);
  const message = `${at}: shape ${showShape(shape)} needs ${needed} numbers, data has ${found}`;
  return problem('shape-data', at, message, { needed, found });
}

/** The problem of a weight that is not a finite float32. Readers of files use it, too, for any tensor. */
export function notFinite(at: string, key: string, index: number, value: number): Problem {
  const message = `${at} is ${value}; it must be a finite float32 number`;
  return problem('weight-number', at, message, { key, index, value: String(value) });
}

/** The index of the first number that float32 cannot hold; -1 where there is none. */
export function findNotFinite(data: ArrayLike<number>, from = 0, until = data.length): number {
  for (let i = from; i < until; i++) if (!isFiniteFloat(data[i]!)) return i;
  return -1;
}

export function isFiniteFloat(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

function showShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

import { problem, quote } from '../errors.ts';
import { countMismatch, isFiniteFloat, notFinite } from '../model/check-weights.ts';
import type { TensorJson, WeightsJson } from '../model/experiment.ts';
import { modelLimits } from '../model/spec.ts';
import { elementCount } from '../tensor/floats.ts';
import { type Findings, isObject, wrongType } from './fields.ts';
import { shortestFloat32 } from './float32.ts';

/** Most dimensions of a tensor; no state dict here needs as many. */
const mostDimensions = 8;

/**
 * Reads a map from PyTorch's keys to tensors, each as `{shape, data}` or as nested lists of numbers, as `tolist()`
 * gives them. Every number is rounded to float32 and must be finite there. Problems go to `findings`.
 */
export function readWeightsMap(value: unknown, path: string, findings: Findings): WeightsJson {
  const weights: WeightsJson = {};
  if (!isObject(value)) {
    findings.add(wrongType(path, value, 'a map from keys such as rnn.weight_ih_l0 to tensors'));
    return weights;
  }
  let elements = 0;
  for (const key of Object.keys(value)) {
    const tensor = readTensor(value[key], key, path === '' ? key : `${path}[${quote(key)}]`, findings);
    if (tensor === null) continue;
    elements += tensor.data.length;
    // An assignment would set the prototype where the key is __proto__.
    Object.defineProperty(weights, key, {
      value: tensor,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  if (elements > modelLimits.parameters) {
    const message = `${path || 'the file'} has ${elements} numbers; at most ${modelLimits.parameters} are taken`;
    findings.add(problem('too-many', path, message, { count: elements, limit: modelLimits.parameters }));
  }
  return weights;
}

function readTensor(value: unknown, key: string, path: string, findings: Findings): TensorJson | null {
  if (Array.isArray(value) || typeof value === 'number') return readNested(value, key, path, findings);
  if (!isObject(value) || !Array.isArray(value.shape) || !Array.isArray(value.data)) {
    findings.add(wrongType(path, value, '{"shape": […], "data": […]} or nested lists of numbers'));
    return null;
  }
  const { shape, data } = value;
  if (shape.length > mostDimensions || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    const message = `${path}.shape is ${quote(JSON.stringify(shape.slice(0, 9)))}; it must be up to ${mostDimensions} whole numbers`;
    findings.add(problem('wrong-type', `${path}.shape`, message));
    return null;
  }
  if (elementCount(shape) !== data.length) {
    findings.add(countMismatch(path, shape, data.length));
    return null;
  }
  const rounded = roundAll(data, key, (i) => `${path}.data[${i}]`, findings);
  return rounded && { shape: shape.slice(), data: rounded };
}

/** Reads nested lists, which must be rectangular: every list has the length of the first list at its depth. */
function readNested(value: unknown, key: string, path: string, findings: Findings): TensorJson | null {
  const shape: number[] = [];
  for (let first = value; Array.isArray(first) && shape.length <= mostDimensions; first = first[0]) {
    shape.push(first.length);
  }
  if (shape.length > mostDimensions) {
    findings.add(wrongType(path, value, `nested at most ${mostDimensions} deep`));
    return null;
  }
  const flat: unknown[] = [];
  const ragged = flatten(value, shape, 0, flat);
  if (ragged !== null) {
    const message = `${path}: its lists are not of equal length; at depth ${ragged + 1} the first has ${shape[ragged]} entries, another has not`;
    findings.add(problem('ragged-lists', path, message, { depth: ragged + 1 }));
    return null;
  }
  const data = roundAll(flat, key, (i) => `${path}, number ${i + 1}`, findings);
  return data && { shape, data };
}

/** Appends the numbers in order. Returns the depth at which a list differs in length from the first one, or null. */
function flatten(value: unknown, shape: readonly number[], depth: number, into: unknown[]): number | null {
  if (depth === shape.length) {
    into.push(value);
    return null;
  }
  if (!Array.isArray(value) || value.length !== shape[depth]) return depth;
  for (const item of value) {
    const ragged = flatten(item, shape, depth + 1, into);
    if (ragged !== null) return ragged;
  }
  return null;
}

function roundAll(
  data: readonly unknown[],
  key: string,
  place: (i: number) => string,
  findings: Findings,
): number[] | null {
  const rounded = new Array<number>(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (typeof value !== 'number' || !isFiniteFloat(value)) {
      const isNumber = typeof value === 'number';
      const needs = 'a finite float32 number';
      findings.add(isNumber ? notFinite(place(i), key, i, value) : wrongType(place(i), value, needs));
      return null;
    }
    rounded[i] = Math.fround(value);
  }
  return rounded;
}

/** The weights in the form that is written: every float32 by its shortest decimal. */
export function shortestWeights(weights: WeightsJson): WeightsJson {
  return Object.fromEntries(
    Object.entries(weights).map(([key, { shape, data }]) => [
      key,
      { shape, data: data.map((value) => shortestFloat32(Math.fround(value))) },
    ]),
  );
}

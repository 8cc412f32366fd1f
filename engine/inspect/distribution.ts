/** How the values of one parameter are spread. */
import { distributionBins, distributionIndices } from '../data/limits.ts';
import { failure, type Problem, problem, type Result, success } from '../errors.ts';
import type { Distribution, DistributionQuestion } from '../questions.ts';
import type { TrainedModel } from './trained.ts';
import { unknownKey } from './weights.ts';

/** Values counted between two yields, some milliseconds. */
const valuesAPiece = 2 ** 18;

/** The histogram, mean, standard deviation and extremes of a parameter's values, and single values of it. */
export function* distributionInPieces(
  trained: TrainedModel,
  question: DistributionQuestion,
): Generator<void, Result<Distribution>> {
  const { key, bins, range, indices = [] } = question;
  const data = trained.weights[key]?.data;
  if (data === undefined) return failure(unknownKey(key, trained));
  const wrong = [...checkBins(bins), ...checkRange(range), ...checkIndices(indices, key, data.length)];
  if (wrong.length > 0) return failure(...wrong);
  const { sum, min, max } = yield* sumUp(data);
  const mean = sum / data.length;
  const [from, to] = range ? [range.from, range.to] : min < max ? [min, max] : [min - 0.5, max + 0.5];
  const counts = new Int32Array(bins);
  let [below, above, squares] = [0, 0, 0];
  const edge = (bin: number) => from + (bin * (to - from)) / bins;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    squares += (value - mean) ** 2;
    if (value < from) below++;
    else if (value > to) above++;
    else {
      let bin = Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins));
      // The division rounds; the edges decide.
      if (value < edge(bin)) bin--;
      else if (bin + 1 < bins && value >= edge(bin + 1)) bin++;
      counts[bin]!++;
    }
    if (i % valuesAPiece === 0) yield;
  }
  const sd = Math.sqrt(squares / data.length);
  const values = Float32Array.from(indices, (index) => data[index]!);
  return success({
    ...{ from, to, counts, below, above },
    ...{ count: data.length, mean, sd, min, max },
    values,
  });
}

function* sumUp(data: ArrayLike<number>): Generator<void, { sum: number; min: number; max: number }> {
  let [sum, min, max] = [0, Infinity, -Infinity];
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (i % valuesAPiece === 0) yield;
  }
  return { sum, min, max };
}

function checkBins(bins: number): Problem[] {
  if (Number.isInteger(bins) && bins >= 1 && bins <= distributionBins) return [];
  const message = `bins is ${bins}; one question takes 1 to ${distributionBins}`;
  return [problem('distribution-bins', 'bins', message, { bins, limit: distributionBins })];
}

function checkRange(range: DistributionQuestion['range']): Problem[] {
  if (range === undefined || range.from < range.to) return [];
  const { from, to } = range;
  const message = `range is from ${from} to ${to}; its end must lie above its beginning`;
  return [problem('distribution-range', 'range', message, { from, to })];
}

function checkIndices(indices: readonly number[], key: string, count: number): Problem[] {
  if (indices.length > distributionIndices) {
    const message = `indices has ${indices.length} places; one question takes at most ${distributionIndices}`;
    const details = { places: indices.length, limit: distributionIndices };
    return [problem('distribution-indices', 'indices', message, details)];
  }
  const wrong = indices.find((index) => !(Number.isInteger(index) && index >= 0 && index < count));
  if (wrong === undefined) return [];
  const message = `indices holds ${wrong}; ${key} has the places 0 to ${count - 1}`;
  return [problem('distribution-index', 'indices', message, { index: wrong, key, last: count - 1 })];
}

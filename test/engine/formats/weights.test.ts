import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../../engine/errors.ts';
import { readSafetensors, writeSafetensors } from '../../../engine/formats/safetensors.ts';
import {
  parseWeights,
  type WeightsDocument,
  type WeightsFile,
  weightsDocument,
  writeWeights,
} from '../../../engine/formats/weights.ts';
import type { SequenceExperiment, WeightsJson } from '../../../engine/model/experiment.ts';
import { modelLimits, parameterShapes } from '../../../engine/model/spec.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';

const experiment = findTemplate('hello-rnn') as SequenceExperiment;
const shapes = parameterShapes(experiment.model, { inputSize: 4, outputSize: 4 });
const finite = fc.float({ noNaN: true, noDefaultInfinity: true });

const weights: fc.Arbitrary<WeightsJson> = fc
  .tuple(
    ...shapes.map(({ shape }) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return fc.array(finite, { minLength: count, maxLength: count }).map((data) => ({ shape, data }));
    }),
  )
  .map((tensors) => Object.fromEntries(tensors.map((tensor, i) => [shapes[i]!.key, tensor])));

const sample = fc.sample(weights, { numRuns: 1, seed: 1 })[0]!;
const trained = { epochs: 20, loss: Math.fround(0.6336687), seed: 0 };
const document = weightsDocument(experiment, sample, trained);

function documentOf(result: Result<WeightsFile>): WeightsDocument {
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  if (result.value.kind !== 'document') throw new Error('a bare map');
  return result.value.document;
}

function messages(result: Result<WeightsFile>): string[] {
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

function parseChanged(change: (document: Record<string, unknown>) => void): string[] {
  const changed = JSON.parse(writeWeights(document));
  change(changed);
  return messages(parseWeights(JSON.stringify(changed)));
}

describe.each([
  [
    'JSON',
    (value: WeightsDocument) => Buffer.from(writeWeights(value)),
    (bytes: Uint8Array) => parseWeights(bytes.toString()),
  ],
  ['safetensors', writeSafetensors, readSafetensors],
] as const)('%s', (_, write, read) => {
  test('holds every float32 bit for bit; read and written again it is the same bytes', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const bytes = write(weightsDocument(experiment, given, trained));
        const back = documentOf(read(bytes));
        for (const [key, { shape, data }] of Object.entries(given)) {
          expect(back.weights[key]!.shape).toEqual(shape);
          expect(
            back.weights[key]!.data.every((value, i) => Object.is(value, data[i])),
            key,
          ).toBe(true);
        }
        expect(Buffer.from(write(back)).equals(bytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('keeps everything beside the weights, and keys that it does not know', () => {
    const given = { ...document, note: 'mine' };
    const { weights: _, ...rest } = documentOf(read(write(given)));
    const { weights: __, ...expected } = given;
    expect(rest).toEqual(expected);
  });

  test('cut off anywhere it is refused', () => {
    const bytes = write(document);
    for (let length = 0; length < bytes.length - 1; length++) {
      const result = read(Buffer.from(bytes.subarray(0, length)));
      expect(result.ok, `${length} of ${bytes.length} bytes`).toBe(false);
    }
  });
});

test('a weights file reads as one would write it by hand', () => {
  const text = writeWeights({ ...document, weights: { a: { shape: [2], data: [Math.fround(0.1), -0] } } });
  expect(text).toContain('"trained": { "epochs": 20, "loss": 0.6336687, "seed": 0 }');
  expect(text).toContain('"weights": { "a": { "shape": [2], "data": [0.1, -0] } }');
});

describe('plain maps', () => {
  const expected = {
    a: { shape: [2, 2], data: [1, 2, 3, 4] },
    b: { shape: [1], data: [0.5] },
    c: { shape: [], data: [7] },
  };

  test('of shape and data, and of nested lists as tolist() gives them', () => {
    expect(parseWeights(JSON.stringify(expected))).toEqual({
      ok: true,
      value: { kind: 'map', weights: expected },
      warnings: [],
    });
    const nested = {
      a: [
        [1, 2],
        [3, 4],
      ],
      b: [0.5],
      c: 7,
    };
    expect(parseWeights(JSON.stringify(nested))).toMatchObject({ value: { kind: 'map', weights: expected } });
  });

  test('are rounded to float32', () => {
    expect(parseWeights('{"a": [0.1]}')).toMatchObject({
      value: { weights: { a: { data: [Math.fround(0.1)] } } },
    });
  });

  test.each([
    ['{}', 'the weights file has no tensors; a state dict has at least 1'],
    [
      '{"a": [[1, 2], [3]]}',
      'a: its lists are not of equal length; at depth 2 the first has 2 entries, another has not',
    ],
    ['{"a": [1, "2"]}', 'a, number 2 is "2"; it must be a finite float32 number'],
    ['{"a": [1e39]}', 'a, number 1 is 1e+39; it must be a finite float32 number'],
    ['{"a": {"shape": [3], "data": [1, 2]}}', 'a: shape [3] needs 3 numbers, data has 2'],
    ['{"a": {"shape": [-1], "data": []}}', 'a.shape is "[-1]"; it must be up to 8 whole numbers'],
    ['{"a": "x"}', 'a is "x"; it must be {"shape": […], "data": […]} or nested lists of numbers'],
    [
      '[1]',
      'the document is a list of 1; it must be a weights file: an object with "format": "ohlol/weights"',
    ],
    ['{"format": "ohlol/experiment"}', 'this is an experiment; a weights file has "format": "ohlol/weights"'],
  ])('%s is refused', (text, sentence) => {
    expect(messages(parseWeights(text))).toEqual([sentence]);
  });
});

describe('weights that do not fit their model', () => {
  test('a shape', () => {
    const sentences = parseChanged((changed) => {
      (changed.model as { hiddenSize: number; head: string }).hiddenSize = 5;
      (changed.model as { head: string }).head = 'linear';
    });
    expect(sentences).toContain('weights["rnn.weight_ih_l0"] has shape [4, 4]; the model needs [5, 4]');
    expect(sentences).toContain('weights["head.weight"] is missing; the model needs [4, 5]');
  });

  test('a vocabulary', () => {
    expect(parseChanged((changed) => Object.assign(changed, { vocabulary: [] }))).toContain(
      'vocabulary has no tokens; it needs at least 1',
    );
    expect(parseChanged((changed) => Object.assign(changed, { vocabulary: ['e', 'e', 'l', 'o'] }))).toContain(
      'vocabulary[1] is "e", as vocabulary[0] is; each token appears once',
    );
  });
});

describe('safetensors of others', () => {
  function file(header: object, body: number[]): Uint8Array {
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([length, json, Buffer.from(new Float32Array(body).buffer)]);
  }
  const entry = (shape: number[], data_offsets: number[], dtype = 'F32') => ({ dtype, shape, data_offsets });

  test('give a map', () => {
    expect(readSafetensors(file({ a: entry([2], [0, 8]) }, [1, 2]))).toMatchObject({
      value: { kind: 'map', weights: { a: { shape: [2], data: [1, 2] } } },
    });
  });

  test.each([
    [{ a: entry([2], [0, 4]) }, 'a: shape [2] of F32 needs 8 bytes, its offsets give 4'],
    [{ a: entry([3], [0, 12]) }, 'a: its bytes end at 12, the file has 8 of them'],
    [{ a: entry([2], [0, 8], 'I32') }, 'a: dtype is "I32"; it must be F32 or F64'],
    [
      { a: entry([1e9], [0, 4e9]) },
      `a: shape [1000000000] is of 1000000000 numbers; at most ${modelLimits.parameters} are taken of a file`,
    ],
    [{ a: 5 }, 'a: its header entry is 5; it must be {dtype, shape, data_offsets: [begin, end]}'],
    [
      { a: entry([2 ** 32, 2 ** 32, 0], [0, 0]) },
      `a: shape [4294967296, 4294967296, 0] is of more numbers than can be counted; at most ${modelLimits.parameters} are taken of a file`,
    ],
  ])('%j is refused', (header, sentence) => {
    expect(messages(readSafetensors(file(header, [1, 2])))).toEqual([sentence]);
  });

  test.each([
    [
      'a hole before',
      { a: entry([1], [4, 8]) },
      'a: its bytes begin at 4, behind a hole; they must begin at 0',
    ],
    [
      'a hole between',
      { a: entry([1], [0, 4]), b: entry([1], [8, 12]) },
      'b: its bytes begin at 8, behind a hole; they must begin at 4',
    ],
    [
      'an overlap',
      { a: entry([2], [0, 8]), b: entry([2], [4, 12]) },
      'b: its bytes begin at 4, in another tensor; they must begin at 8',
    ],
    [
      'bytes behind',
      { a: entry([2], [0, 8]) },
      'the safetensors file has 12 bytes after its header; its tensors take 8',
    ],
    ['no tensor', {}, 'the safetensors file has 12 bytes after its header; its tensors take 0'],
    ['no dtype', { a: { shape: [3], data_offsets: [0, 12] } }, 'a: dtype is missing; it must be F32 or F64'],
    [
      'a dtype of every object',
      { a: entry([3], [0, 12], 'constructor') },
      'a: dtype is "constructor"; it must be F32 or F64',
    ],
    [
      'metadata that is no string',
      { __metadata__: { a: 1 }, a: entry([3], [0, 12]) },
      '__metadata__["a"] is 1; it must be a string',
    ],
    [
      'metadata that is no object',
      { __metadata__: 'pt', a: entry([3], [0, 12]) },
      '__metadata__ is "pt"; it must be an object of strings',
    ],
  ])('%s is refused', (_, header, sentence) => {
    expect(messages(readSafetensors(file(header, [1, 2, 3])))).toEqual([sentence]);
  });

  test('a key that appears twice is refused', () => {
    const once = '"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
    const header = Buffer.from(`{${once},${once}}`);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    expect(messages(readSafetensors(Buffer.concat([length, header, Buffer.alloc(4)])))).toEqual([
      'a appears twice in the safetensors header, the second time on line 1; a key may appear once',
    ]);
  });

  test('tensors in any order, empty ones, and one called __proto__ are read', () => {
    const header = `{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"none":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`;
    const read = readSafetensors(file(JSON.parse(header), [1, 2]));
    if (!read.ok || read.value.kind !== 'map') throw new Error(messages(read).join());
    expect(Object.entries(read.value.weights).map(([key, { data }]) => [key, ...data])).toEqual([
      ['b', 2],
      ['none'],
      ['__proto__', 1],
    ]);
  });

  test('numbers of float64 are rounded, and that is said', () => {
    const header = { a: entry([1], [0, 8], 'F64') };
    const bytes = Buffer.from(new Float64Array([0.1]).buffer);
    const read = readSafetensors(file(header, [...new Float32Array(bytes.buffer, bytes.byteOffset, 2)]));
    expect(read).toMatchObject({
      value: { weights: { a: { data: [Math.fround(0.1)] } } },
      warnings: [{ code: 'rounded-to-float32', message: 'a: its F64 numbers are rounded to float32' }],
    });
  });

  test('numbers that are not finite are refused', () => {
    expect(messages(readSafetensors(file({ a: entry([2], [0, 8]) }, [1, Number.NaN])))).toEqual([
      'a, number 2 is NaN; it must be a finite float32 number',
    ]);
  });

  test('any bytes give a result', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const bytes = Uint8Array.from(writeSafetensors(document));
        bytes.set(noise.subarray(0, bytes.length), 0);
        expect([true, false]).toContain(readSafetensors(bytes).ok);
        expect(readSafetensors(noise).ok).toBe(false);
      }),
    );
  });
});

/** The engine's reader of safetensors files returns the same as the reader of documents, messages included. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFloatTensors } from '../../../engine/formats/float-tensors.ts';
import { readSafetensors, writeSafetensors, writeTensorFile } from '../../../engine/formats/safetensors.ts';
import { weightsDocument } from '../../../engine/formats/weights.ts';
import type { SequenceExperiment, WeightsJson } from '../../../engine/model/experiment.ts';
import { parameterShapes } from '../../../engine/model/spec.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';

const experiment = findTemplate('hello-rnn') as SequenceExperiment;
const shapes = parameterShapes(experiment.model, { inputSize: 4, outputSize: 4 });
const weights: WeightsJson = Object.fromEntries(
  shapes.map(({ key, shape }) => {
    const size = shape.reduce((product, one) => product * one, 1);
    return [
      key,
      { shape: [...shape], data: Array.from({ length: size }, (_, i) => Math.fround(Math.sin(i))) },
    ];
  }),
);
const whole = writeSafetensors(weightsDocument(experiment, weights, { epochs: 3, loss: 0.5, seed: 1 }));

function read(bytes: Uint8Array) {
  const reading = readFloatTensors(bytes);
  let pieces = 1;
  let step = reading.next();
  for (; !step.done; step = reading.next()) pieces += 1;
  return { result: step.value, pieces };
}

/** The result with its arrays as lists, so that both can be compared. */
const listed = (result: object): unknown =>
  JSON.parse(
    JSON.stringify(result, (_, value) => (value instanceof Float32Array ? Array.from(value) : value)),
  );

test('the same document, in float32 values', () => {
  const { result } = read(whole);
  expect(listed(result)).toEqual(listed(readSafetensors(whole)));
  if (!result.ok || result.value.kind !== 'document') throw new Error('refused');
  for (const { data } of Object.values(result.value.document.weights))
    expect(data).toBeInstanceOf(Float32Array);
});

test('the same sentences of files that are spoilt', () => {
  const spoilt = fc
    .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 })
    .chain((changes) =>
      fc.nat(whole.length).map((cut) => {
        const bytes = whole.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        return cut % 3 === 0 ? bytes.slice(0, cut) : bytes;
      }),
    );
  fc.assert(
    fc.property(spoilt, (bytes) => {
      expect(listed(read(bytes).result)).toEqual(listed(readSafetensors(bytes)));
    }),
    { numRuns: 500 },
  );
});

test('the same of a bare map, of float64, of numbers that are not finite and of a key that objects have', () => {
  const map = writeTensorFile({
    weights: { ...weights, a: { shape: [1], data: [Number.NaN] } },
    metadata: {},
  });
  const bare = writeTensorFile({ weights, metadata: {} });
  const strange = writeTensorFile({
    weights: Object.fromEntries([['__proto__', { shape: [1], data: [1] }]]),
    metadata: {},
  });
  const header = new TextEncoder().encode('{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}');
  const doubles = new Uint8Array(8 + header.length + 16);
  doubles.set([header.length]);
  doubles.set(header, 8);
  new DataView(doubles.buffer).setFloat64(8 + header.length, 0.1, true);
  const tooLarge = doubles.slice();
  new DataView(tooLarge.buffer).setFloat64(16 + header.length, 1e300, true);
  for (const bytes of [map, bare, strange, doubles, tooLarge]) {
    expect(listed(read(bytes).result)).toEqual(listed(readSafetensors(bytes)));
  }
  expect(read(bare).result.ok && read(doubles).result.ok).toBe(true);
});

test('a large tensor comes in pieces, others have their turn between them', () => {
  const count = 5 * 2 ** 20 + 3;
  const data = new Float32Array(count).fill(0.5);
  const large = writeTensorFile({
    weights: { a: { shape: [count], data: data as unknown as number[] } },
    metadata: {},
  });
  const { result, pieces } = read(large);
  expect(pieces).toBeGreaterThan(count / 2 ** 18);
  expect(result.ok && result.value.kind === 'map' && result.value.weights.a!.data).toEqual(data);
});

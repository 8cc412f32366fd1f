/** Messages of a window come out as they went in. A corrupted frame is an error and nothing worse. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, isTooLarge, largestMessageBytes } from '../../main/window-message.ts';

const runs = { numRuns: 500 };
const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'arrays', 'message', '0', ''));
const bytes = fc.uint8Array({ maxLength: 40 });
const numbers = fc.float32Array({ maxLength: 10 });
const { value } = fc.letrec((tie) => ({
  leaf: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant(null), bytes, numbers),
  value: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.array(tie('value')),
    fc.dictionary(key, tie('value')),
  ),
}));
/** JSON has no -0. */
const fromJson = (message: unknown): unknown => JSON.parse(JSON.stringify(message));
const hasArrays = (part: unknown): boolean =>
  typeof part === 'object' &&
  part !== null &&
  (ArrayBuffer.isView(part) || Object.values(part).some(hasArrays));
const sent = (message: unknown) => {
  const frame = encodeMessage(message);
  if (typeof frame === 'string') throw new Error('it is a text');
  return frame;
};
/** A frame with this JSON and these bytes after it. */
function frameOf(json: unknown, rest: Uint8Array = new Uint8Array(0)): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  const frame = new Uint8Array(4 + text.length + rest.length);
  new DataView(frame.buffer).setUint32(0, text.length, true);
  frame.set(text, 4);
  frame.set(rest, 4 + text.length);
  return frame;
}

describe('a message of a window', () => {
  it('comes out as it went in, and is a text where it holds no arrays', () => {
    fc.assert(
      fc.property(value, (message) => {
        const encoded = encodeMessage(message);
        expect(typeof encoded === 'string').toBe(!hasArrays(message));
        const decoded = decodeMessage(encoded);
        if (hasArrays(message)) expect(decoded).toEqual(withoutMinusZero(message));
        else expect(decoded).toEqual(fromJson(message));
      }),
      runs,
    );
  });

  it('keeps every bit of its numbers', () => {
    const tensor = Float32Array.of(-0, Number.NaN, Number.NEGATIVE_INFINITY, 0.1, 1e-45);
    expect(decodeMessage(encodeMessage({ a: [1, { tensor }] }))).toEqual({ a: [1, { tensor }] });
    expect(decodeMessage(encodeMessage(tensor))).toEqual(tensor);
    const counts = Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1);
    const losses = Float64Array.of(0.1, -0, Number.NaN, 5e-324);
    expect(decodeMessage(encodeMessage({ counts, losses }))).toEqual({ counts, losses });
  });

  it('carries only its part of a buffer that it shares, and each array comes in a buffer of its own', () => {
    const pool = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
    const frame = sent([
      pool.subarray(3, 6),
      Buffer.from(pool.buffer, 5, 2),
      new Float32Array(pool.buffer, 4, 1),
    ]);
    expect(frame.length).toBeLessThan(250);
    expect(frame.buffer.byteLength).toBe(frame.length);
    // As a socket gives it: a Buffer within a larger one.
    const inPool = Buffer.concat([Buffer.of(9), frame, Buffer.of(9)]).subarray(1, -1);
    const decoded = decodeMessage(inPool as Buffer<ArrayBuffer>) as Uint8Array[];
    expect(decoded).toEqual([
      Uint8Array.of(3, 4, 5),
      Uint8Array.of(5, 6),
      new Float32Array(pool.buffer, 4, 1),
    ]);
    expect(decoded.map(({ buffer }) => buffer.byteLength)).toEqual([3, 2, 4]);
  });

  it('has no more of other kinds of arrays than a sentence', () => {
    expect(() => encodeMessage({ a: new Int16Array(1) })).toThrow('carries a Int16Array');
  });

  it('has arrays nowhere that it does not name: what looks like the description of one is data', () => {
    const forged = { message: null, arrays: [{ at: ['message'], type: 'Uint8Array', bytes: 1 }] };
    expect(decodeMessage(encodeMessage(forged))).toEqual(forged);
    expect(decodeMessage(encodeMessage([forged, Uint8Array.of(7)]))).toEqual([forged, Uint8Array.of(7)]);
  });

  it('is measured in bytes, whether it is a text or a frame', () => {
    const third = Math.floor(largestMessageBytes / 3);
    expect(isTooLarge(new Uint8Array(largestMessageBytes))).toBe(false);
    expect(isTooLarge(new Uint8Array(largestMessageBytes + 1))).toBe(true);
    expect(isTooLarge('a'.repeat(largestMessageBytes))).toBe(false);
    expect(isTooLarge('a'.repeat(largestMessageBytes + 1))).toBe(true);
    expect(isTooLarge('你'.repeat(third))).toBe(false);
    expect(isTooLarge('你'.repeat(third + 1))).toBe(true);
  });
});

describe('a spoilt frame', () => {
  const gap = { at: ['a'], type: 'Uint8Array', bytes: 1 };
  const one = Uint8Array.of(1);

  it('is read where it is whole', () => {
    expect(decodeMessage(frameOf({ message: { a: null }, arrays: [gap] }, one))).toEqual({ a: one });
  });

  it.each<[string, Uint8Array<ArrayBuffer>]>([
    ['nothing', new Uint8Array(0)],
    ['no length', Uint8Array.of(1, 0, 0)],
    ['less JSON than it says', Uint8Array.of(9, 0, 0, 0, 123)],
    ['a length of 4 GB', Uint8Array.of(255, 255, 255, 255, 123, 125)],
    ['no JSON', frameOf('{')],
    ['no UTF-8', Uint8Array.of(3, 0, 0, 0, 34, 255, 34)],
    ['null', frameOf('null')],
    ['no message', frameOf({ arrays: [] })],
    ['no arrays', frameOf({ message: 1 })],
    ['arrays that are no list', frameOf({ message: { a: null }, arrays: { 0: gap, length: 1 } }, one)],
    ['no description', frameOf({ message: { a: null }, arrays: [null] }, one)],
    ['an unknown type', frameOf({ message: { a: null }, arrays: [{ ...gap, type: 'Float64Array' }] }, one)],
    ['an inherited type', frameOf({ message: { a: null }, arrays: [{ ...gap, type: 'toString' }] }, one)],
    ['no path', frameOf({ message: { a: null }, arrays: [{ ...gap, at: 'a' }] }, one)],
    ['a path to what is not there', frameOf({ message: { b: null }, arrays: [gap] }, one)],
    ['a path to what is no gap', frameOf({ message: { a: 0 }, arrays: [gap] }, one)],
    ['a path to what is inherited', frameOf({ message: {}, arrays: [{ ...gap, at: ['__proto__'] }] }, one)],
    [
      'a path through it',
      frameOf({ message: {}, arrays: [{ ...gap, at: ['__proto__', '__proto__'] }] }, one),
    ],
    ['a path of a path', frameOf({ message: { a: null }, arrays: [{ ...gap, at: [['a']] }] }, one)],
    ['two arrays at one place', frameOf({ message: { a: null }, arrays: [gap, gap] }, Uint8Array.of(1, 2))],
    ['an index beyond the list', frameOf({ message: [null], arrays: [{ ...gap, at: [1] }] }, one)],
    ['more bytes than there are', frameOf({ message: { a: null }, arrays: [{ ...gap, bytes: 2 }] }, one)],
    ['fewer', frameOf({ message: { a: null }, arrays: [gap] }, Uint8Array.of(1, 2))],
    ['a number of them below 0', frameOf({ message: { a: null }, arrays: [{ ...gap, bytes: -1 }] })],
    ['half a number', frameOf({ message: { a: null }, arrays: [{ ...gap, type: 'Float32Array' }] }, one)],
    ['a part of a byte', frameOf({ message: { a: null }, arrays: [{ ...gap, bytes: 0.5 }] }, one)],
  ])('with %s is an error', (_, frame) => {
    expect(() => decodeMessage(frame)).toThrow(Error);
    expect(({} as Record<string, unknown>)[0]).toBeUndefined();
  });

  it('leads to nothing that an object inherits', () => {
    const frame = frameOf({ message: {}, arrays: [{ ...gap, at: ['__proto__', '__proto__'] }] }, one);
    expect(() => decodeMessage(frame)).toThrow('a frame is spoilt: it has no __proto__');
  });

  it('of whatever kind is a message or an error, and changes nothing else', () => {
    const whole = sent({
      t: 'q',
      m: 'readFile',
      a: [{ bytes: Uint8Array.of(1, 2, 3), n: Float32Array.of(1) }],
      i: '1',
    });
    const spoiling = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    let errors = 0;
    fc.assert(
      fc.property(
        fc.array(spoiling, { minLength: 1, maxLength: 4 }),
        fc.nat(whole.length),
        (spoilings, cut) => {
          const frame = whole.slice(0, cut % 3 === 0 ? cut : whole.length);
          for (const [at, byte] of spoilings) if (at < frame.length) frame[at] = byte;
          try {
            decodeMessage(frame);
          } catch (error) {
            errors += 1;
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(errors).toBeGreaterThan(1000);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

/** The same value with -0 replaced by 0, except within its arrays. */
function withoutMinusZero(part: unknown): unknown {
  if (ArrayBuffer.isView(part)) return part;
  if (Array.isArray(part)) return part.map(withoutMinusZero);
  if (typeof part === 'object' && part !== null) {
    return Object.fromEntries(Object.entries(part).map(([name, inside]) => [name, withoutMinusZero(inside)]));
  }
  return Object.is(part, -0) ? 0 : part;
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPiecePoster, joinPieces } from '../../../main/engine-process/in-pieces.ts';

const large = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + seed) % 251);

/** What arrives at the other end, and the largest array that travelled at once. */
async function travel(messages: unknown[]): Promise<{ arrived: unknown[]; largestBytes: number }> {
  const arrived: unknown[] = [];
  let largestBytes = 0;
  const take = joinPieces((message) => arrived.push(message));
  const see = (value: unknown): void => {
    if (value instanceof Uint8Array) largestBytes = Math.max(largestBytes, value.length);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(see);
  };
  const { post } = createPiecePoster((part) => {
    see(part);
    take(structuredClone(part));
    return undefined;
  });
  // All are sent at once, so their pieces are interleaved.
  await Promise.all(messages.map(post));
  return { arrived, largestBytes };
}

it('messages arrive as they were sent, however large their arrays are', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 2_000_000 }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(sizes, async (lengths) => {
      const messages = lengths.map((length, n) => ({
        m: 'checkpoint',
        a: [
          {
            runId: `${n}`,
            checkpoint: { epoch: n, state: large(length, n), weights: large(length >> 1, 7) },
          },
        ],
        nothing: null,
        rows: Array.from({ length: 30 }, () => ({ loss: 0.5, predictions: ['ohlol'] })),
      }));
      const { arrived, largestBytes } = await travel(messages);
      const sent = (message: unknown) => Number((message as (typeof messages)[0]).a[0]!.runId);
      expect(arrived.sort((a, b) => sent(a) - sent(b))).toEqual(messages);
      expect(largestBytes).toBeLessThanOrEqual(128 * 1024);
    }),
    { numRuns: 15, seed: 3 },
  );
});

it('a short message does not wait for a long one', async () => {
  const arrived: unknown[] = [];
  const take = joinPieces((message) => arrived.push(message));
  const { post } = createPiecePoster((part) => void take(part));
  const long = post({ state: large(3_000_000, 1) });
  await post('short');
  expect(arrived).toEqual(['short']);
  await long;
  expect(arrived).toEqual(['short', { state: large(3_000_000, 1) }]);
});

it('an error keeps its name and message', async () => {
  const { arrived } = await travel([{ t: 's', i: '1', e: new RangeError('too large') }]);
  expect(arrived[0]).toMatchObject({ e: { name: 'RangeError', message: 'too large' } });
});

it('a message whose bytes have not all come is no message', async () => {
  const parts: unknown[] = [];
  const { post } = createPiecePoster((part) => {
    parts.push(structuredClone(part));
    return undefined;
  });
  await post({ state: large(1_000_000, 1) });
  const arrived: unknown[] = [];
  const take = joinPieces((message) => arrived.push(message));
  const [, ...others] = parts;
  expect(() => others.forEach(take)).toThrow('a message came before');
  expect(arrived).toEqual([]);
});

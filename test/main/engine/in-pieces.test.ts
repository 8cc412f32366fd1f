import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinPieces, postInPieces } from '../../../main/engine/in-pieces.ts';

const large = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + seed) % 251);

/** What comes out at the other end, and the largest array that travelled at once. */
function travel(messages: unknown[]): { arrived: unknown[]; largestBytes: number } {
  const arrived: unknown[] = [];
  let largestBytes = 0;
  const take = joinPieces((message) => arrived.push(message));
  const see = (value: unknown): void => {
    if (value instanceof Uint8Array) largestBytes = Math.max(largestBytes, value.length);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(see);
  };
  for (const message of messages) {
    postInPieces((part) => {
      see(part);
      take(structuredClone(part));
    }, message);
  }
  return { arrived, largestBytes };
}

it('messages arrive as they were sent, however large their arrays are', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 2_000_000 }), { maxLength: 3 });
  fc.assert(
    fc.property(sizes, (lengths) => {
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
      const { arrived, largestBytes } = travel(messages);
      expect(arrived).toEqual(messages);
      expect(largestBytes).toBeLessThanOrEqual(512 * 1024);
    }),
    { numRuns: 15, seed: 3 },
  );
});

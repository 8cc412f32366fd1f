import { expect, test } from 'vitest';
import { fuzzDoor, fuzzReaders } from './fuzz-readers.ts';

test('3,000 spoilt inputs to every reader: refused with a sentence or taken, none thrown on', () => {
  const { taken, refused } = fuzzReaders(2026, 3000);
  expect(taken).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(1000);
}, 300_000);

test("1,000 spoilt messages to the lab's door: refused with a sentence or taken, none thrown on", async () => {
  const { taken, refused } = await fuzzDoor(2026, 1000);
  expect(taken).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(100);
}, 300_000);

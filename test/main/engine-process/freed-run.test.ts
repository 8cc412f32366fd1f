/** The engine's door gives back the memory of a closed run where V8 exposes its garbage collector. */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import type { EngineDoor } from '../../../main/engine-process/engine-door.ts';
import { withFreedMemory } from '../../../main/engine-process/free-memory.ts';
import { patience } from '../../patience.ts';

/** Longer than the wait before the second collection. */
const closingMs = 1000;

/** A door with one run whose memory is held until the run is closed. */
function doorWithRun() {
  let held: Uint8Array | null = new Uint8Array(1000);
  const memory = new WeakRef(held);
  const door = {
    async closeRun() {
      await sleep(closingMs);
      held = null;
    },
    size: () => held?.length,
  };
  return { door: door as unknown as EngineDoor, memory };
}

it('where V8 keeps its collector the door is as it was, and the log says so', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { door } = doorWithRun();
  expect(withFreedMemory(door)).toBe(door);
  expect(said.mock.calls.join()).toContain('collector cannot be called');
  said.mockRestore();
});

it('a run’s memory is collected after it was closed', async () => {
  setFlagsFromString('--expose-gc');
  const { door, memory } = doorWithRun();
  // Objects of the old generation are not collected in passing.
  const collect: () => void = runInNewContext('gc');
  for (let times = 0; times < 3; times++) collect();
  await withFreedMemory(door).closeRun('1');
  // A failed expectation would hold the memory itself.
  await vi.waitUntil(() => memory.deref() === undefined, patience);
});

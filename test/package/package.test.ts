/**
 * Packages the app as `npm run dist -- --dir` does, against a stand-in for the Electron distribution (the real one is
 * a download), then runs what the asar holds: its renderer, main and engine process, under the browser host.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { extractAll, listPackage } from '@electron/asar';
import { chromium } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provideBrowser } from '../browser.ts';
import { makeHome, removeHome, startLab } from '../lab-process.ts';

const root = resolve(import.meta.dirname, '..', '..');
let work: string;
let asar: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'ohlol-package-'));
  const electronDist = join(work, 'electron');
  makeStandInElectron(electronDist);
  const output = join(work, 'release');
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules', 'electron-builder', 'cli.js'),
      '--dir',
      '--linux',
      '--x64',
      `-c.electronDist=${electronDist}`,
      `-c.directories.output=${output}`,
    ],
    { cwd: root, stdio: 'pipe' },
  );
  asar = join(output, 'linux-unpacked', 'resources', 'app.asar');
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

/**
 * An unpacked Electron in all that packaging looks at: an executable with the fuse wire that Electron's has (a
 * sentinel, then version 1, a length and one byte a fuse), a version and a licence.
 */
function makeStandInElectron(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  const fuses = '0'.repeat(9);
  const wire = Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', 'latin1'),
    Buffer.from([1, fuses.length]),
    Buffer.from(fuses, 'latin1'),
  ]);
  writeFileSync(join(folder, 'electron'), wire, { mode: 0o755 });
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8'));
  writeFileSync(join(folder, 'version'), version);
  writeFileSync(join(folder, 'LICENSE'), '');
}

describe('the packaged app', () => {
  it('holds main, preload, renderer, engine process and command line, and nothing else', () => {
    const entries = listPackage(asar, { isPack: false }).map((entry) => entry.replaceAll('\\', '/'));
    for (const needed of [
      '/package.json',
      '/dist/main/electron.js',
      '/dist/main/preload.cjs',
      '/dist/main/engine-process.js',
      '/dist/main/lab-thread.js',
      '/dist/main/start.js',
      '/dist/main/ohlol.js',
      '/dist/renderer/index.html',
    ]) {
      expect(entries).toContain(needed);
    }
    const foreign = entries.filter(
      (entry) => !/^\/(package\.json|LICENSE|dist(\/main|\/renderer)?(\/.*)?)$/.test(entry),
    );
    expect(foreign).toEqual([]);
    expect(entries.filter((entry) => /\.(ts|svelte|map)$|(^|\/)(test|node_modules)\//.test(entry))).toEqual(
      [],
    );
  });

  it('names an entry that is there', () => {
    const folder = join(work, 'entry');
    extractAll(asar, folder);
    const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(readFileSync(join(folder, main), 'utf8').length).toBeGreaterThan(0);
  });

  it('trains hello-rnn in a window, from the contents of the asar alone', async () => {
    const folder = join(work, 'app');
    extractAll(asar, folder);
    const browser = provideBrowser();
    if (browser.kind === 'none') throw new Error(browser.reason);
    const home = makeHome();
    const lab = await startLab(home, join(folder, 'dist', 'main', 'start.js'));
    const chrome = await chromium.launch({ executablePath: browser.path, args: ['--no-sandbox'] });
    try {
      const page = await chrome.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
      await page.goto(lab.url);
      await page.getByRole('button', { name: /^hello-rnn / }).click();
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('navigation').getByRole('button', { name: 'Train' }).click();
      await page.getByRole('option', { name: /^Epoch 20: ohlol, 5 of 5 right/ }).waitFor();
    } finally {
      await chrome.close();
      await lab.stop();
      removeHome(home);
    }
  });

  it('runs the command line from the asar', () => {
    const folder = join(work, 'cli');
    extractAll(asar, folder);
    const output = execFileSync(
      process.execPath,
      [join(folder, 'dist', 'main', 'ohlol.js'), 'train', 'hello-rnn'],
      {
        encoding: 'utf8',
      },
    );
    expect(output).toContain('Predicted: ohlol, Epoch [20/20] loss=');
  });
});

/**
 * Packages the app as `npm run dist -- --dir` does, against a stand-in for the Electron distribution (the real one is
 * a download), then runs what the asar holds: its renderer, main and engine process, under the browser host.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { extractAll, listPackage } from '@electron/asar';
import { chromium } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iconFiles } from '../../icons.config.ts';
import { provideBrowser } from '../browser.ts';
import { makeHome, removeHome, startLab } from '../lab-process.ts';
import { makeStandInElectron, makeStandInFpm, readDeb, readFuses } from './stand-ins.ts';

const root = resolve(import.meta.dirname, '..', '..');
// Only Linux writes a .deb; elsewhere the bare folder is packaged.
const writesDeb = process.platform === 'linux';
let work: string;
let unpacked: string;
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
      ...['--linux', writesDeb ? 'deb' : 'dir', '--x64'],
      `-c.electronDist=${electronDist}`,
      `-c.directories.output=${output}`,
    ],
    {
      cwd: root,
      stdio: 'pipe',
      env: { ...process.env, ...(writesDeb && { CUSTOM_FPM_PATH: makeStandInFpm(join(work, 'fpm')) }) },
    },
  );
  unpacked = join(output, 'linux-unpacked');
  asar = join(unpacked, 'resources', 'app.asar');
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the packaged app', () => {
  it('holds main, preload, renderer, engine process and command line, and nothing else', () => {
    const entries = listPackage(asar, { isPack: false }).map((entry) => entry.replaceAll('\\', '/'));
    for (const needed of [
      '/package.json',
      '/dist/main/electron.js',
      '/dist/main/preload.cjs',
      '/dist/main/checker-process.js',
      '/dist/main/engine-process.js',
      '/dist/main/lab-thread.js',
      '/dist/main/reader-thread.js',
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

  it('has the fuses that are no use to it off, and those that guard it on', () => {
    const fuses = readFuses(join(unpacked, 'ohlol'));
    const on = Object.entries(fuses).flatMap(([name, isOn]) => (isOn ? [name] : []));
    expect(on).toEqual([
      'enableEmbeddedAsarIntegrityValidation',
      'onlyLoadAppFromAsar',
      // As Electron has it.
      'wasmTrapHandlers',
    ]);
  });

  it('has the licences of all it contains beside it', () => {
    expect(readdirSync(unpacked)).toEqual(
      expect.arrayContaining(['LICENSE.electron.txt', 'LICENSES.chromium.html']),
    );
    const notices = readFileSync(join(unpacked, 'resources', 'third-party-notices.txt'), 'utf8');
    expect(notices).toBe(readFileSync(join(root, 'dist', 'renderer', 'third-party-notices.txt'), 'utf8'));
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

describe('the notices', () => {
  /** name and version of every package with code in the bundles, as their source maps know. */
  const bundled = new Set(
    readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.map'))
      .flatMap((file) => {
        const path = join(root, 'dist', file);
        const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] };
        return sources.map((source) => resolve(dirname(path), source).replaceAll('\\', '/'));
      })
      .flatMap((source) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source) ?? []),
  );
  const notices = readFileSync(join(root, 'dist', 'renderer', 'third-party-notices.txt'), 'utf8');

  it('hold every package that is bundled, with its licence and its notice', () => {
    expect(bundled.size).toBeGreaterThan(15);
    for (const folder of bundled) {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      expect(notices).toContain(`\n${name} ${version}`);
      const texts = readdirSync(folder, { withFileTypes: true }).filter(
        (entry) => entry.isFile() && /^(licen[cs]e|copying|notice)/i.test(entry.name),
      );
      expect(texts.length, `${name} brings a licence`).toBeGreaterThan(0);
      for (const { name } of texts) {
        expect(notices).toContain(readFileSync(join(folder, name), 'utf8').trim());
      }
    }
  });

  it('hold what is in the bundles without being imported', () => {
    expect(notices).toMatch(/\nassemblyscript \d+\.\d+\.\d+ \(Apache-2\.0\)\n/);
    // Parts of ECharts have a licence of their own.
    expect(notices).toContain('Copyright 2010-2016 Mike Bostock');
  });
});

describe.skipIf(!writesDeb)('the .deb', () => {
  const deb = () => readDeb(join(work, 'fpm'));

  it('says whose it is and where it is from', () => {
    expect(deb().option('--maintainer')).toMatch(/^The Ohlol team <.+@.+>$/);
    expect(deb().option('--url')).toMatch(/^https:/);
  });

  it('brings an AppArmor profile that allows its sandbox, loads it, and takes it away', () => {
    const profile = readFileSync(join(unpacked, 'resources', 'apparmor-profile'), 'utf8');
    expect(profile).toContain('profile "ohlol" "/opt/Ohlol/ohlol" flags=(unconfined) {\n  userns,');
    expect(deb().text('--after-install')).toContain("APPARMOR_PROFILE_TARGET='/etc/apparmor.d/ohlol'");
    expect(deb().text('--after-install')).toContain('apparmor_parser --replace');
    expect(deb().text('--after-remove')).toContain("APPARMOR_PROFILE_DEST='/etc/apparmor.d/ohlol'");
  });

  it('installs an icon of every size', () => {
    const sizes = deb().installed.flatMap(
      (path) => /^\/usr\/share\/icons\/hicolor\/(\d+)x\1\/apps\/ohlol\.png$/.exec(path)?.[1] ?? [],
    );
    const drawn = iconFiles.filter(({ path }) => path.includes('icons')).map(({ size }) => String(size));
    expect(sizes).toEqual(drawn);
  });

  it('has a menu entry that its windows belong to', () => {
    const entry = deb().text('/usr/share/applications/ohlol.desktop');
    const { desktopName } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(desktopName).toBe('ohlol.desktop');
    expect(entry).toContain('\nStartupWMClass=ohlol\n');
    expect(entry).toContain('\nExec=/opt/Ohlol/ohlol %U\n');
    expect(entry).toContain('\nMimeType=application/x-ohlol;\n');
  });
});

/** The app for macOS, packaged on Linux against stand-ins: only there does nobody sign it for real. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { macFuseFile, makeStandInMacElectron, makeStandInMacTools, readFuses } from './stand-ins.ts';

const root = resolve(import.meta.dirname, '..', '..');

describe.skipIf(process.platform !== 'linux')('the app for macOS', () => {
  let work: string;
  let app: string;

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'ohlol-mac-'));
    const electronDist = join(work, 'electron');
    makeStandInMacElectron(electronDist);
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules', 'electron-builder', 'cli.js'),
        ...['--mac', 'dir', '--arm64'],
        `-c.electronDist=${electronDist}`,
        `-c.directories.output=${join(work, 'release')}`,
      ],
      { cwd: root, stdio: 'pipe', env: { ...process.env, ...makeStandInMacTools(join(work, 'tools')) } },
    );
    app = join(work, 'release', 'mac-arm64', 'Ohlol.app');
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it('is signed ad hoc where there is no certificate, after its fuses were set', () => {
    const said = readFileSync(join(work, 'tools', 'arguments'), 'utf8').split('\n');
    expect(said.slice(0, 2)).toEqual(['--sign', '-']);
    expect(said).toContain(app);
    const signed = readFuses(join(work, 'tools', 'signed'));
    expect(signed).toEqual(readFuses(macFuseFile(app)));
    expect(signed).toMatchObject({ runAsNode: false, onlyLoadAppFromAsar: true });
  });

  // Electron's and Chromium's come along from the downloaded distribution, which is no unpacked one as here.
  it('has the licences of what is bundled inside', () => {
    expect(readdirSync(join(app, 'Contents', 'Resources'))).toContain('third-party-notices.txt');
  });
});

/**
 * The browser for the end-to-end tests: an installed Chrome, Edge or Chromium first, then Playwright's own,
 * then one that is installed now (Playwright's download, or Debian's package if the tests run as root).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { findBrowser } from '../main/browser/find-browser.ts';

export type ProvidedBrowser = { kind: 'found'; path: string } | { kind: 'none'; reason: string };

export function provideBrowser(): ProvidedBrowser {
  const before = installedBrowser();
  if (before) return { kind: 'found', path: before };
  console.log('No Chrome, Edge or Chromium is installed; installing one for the tests.');
  spawnSync('npx', ['playwright', 'install', 'chromium'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (!installedBrowser() && process.platform === 'linux' && process.getuid?.() === 0) {
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  const after = installedBrowser();
  if (after) return { kind: 'found', path: after };
  return {
    kind: 'none',
    reason:
      'none is installed and none could be downloaded; install Chrome, Edge or Chromium, or set OHLOL_BROWSER to one.',
  };
}

function installedBrowser(): string | null {
  const installed = findBrowser();
  if (installed) return installed;
  const own = chromium.executablePath();
  return existsSync(own) ? own : null;
}

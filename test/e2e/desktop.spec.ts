/** The desktop app itself, where its binary is: the same first run as in the browser, through Electron's own parts. */
import { resolve } from 'node:path';
import { _electron, expect, test } from '@playwright/test';
import { WINDOW_PORT } from '../../main/electron/channel.ts';
import { findElectron } from '../../main/electron/launch.ts';
import { makeHome, removeHome } from '../lab-process.ts';
import { epochIs, pytorch } from './lab.ts';

const root = resolve(import.meta.dirname, '..', '..');
const binary = findElectron(root);
const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

test.skip(binary === null, 'the Electron binary is not on this machine');
test.skip(!hasDisplay, 'there is no display for the desktop app');

test('the desktop app trains hello → ohlol to PyTorch’s loss, in a window that has nothing but its line', async () => {
  const home = makeHome();
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const desktop = await _electron.launch({
    executablePath: binary!,
    args: [...(asRoot ? ['--no-sandbox'] : []), '--lang=en-US', root],
    env: { ...process.env, OHLOL_HOME: home } as Record<string, string>,
  });
  try {
    const page = await desktop.firstWindow();
    await page.getByRole('button', { name: /^hello-rnn / }).click();
    await page.keyboard.press('Space');
    await epochIs(page, 20, 20);
    const last = pytorch('train-hello-rnn-seed2').epochs.at(-1)!;
    await expect(page.getByTestId('loss')).toHaveText(last.loss.toFixed(6));

    expect(page.url()).toBe('app://ohlol/');
    const reach = await page.evaluate(() => ({
      line: Object.keys((globalThis as { ohlol?: object }).ohlol ?? {}),
      node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
    }));
    expect(reach).toEqual({ line: [...WINDOW_PORT], node: [] });

    // All that was on screen is main's: a reload brings it back.
    await page.reload();
    await epochIs(page, 20, 20);
  } finally {
    await desktop.close();
    removeHome(home);
  }
});

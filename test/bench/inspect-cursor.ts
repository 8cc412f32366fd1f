/**
 * How soon Step through shows a moved cursor: from the key to the frame that shows it, for an LSTM of 64 units and four
 * layers (ENGINE.md asks for 50 ms). Alone: `npm run build && node test/bench/inspect-cursor.ts`.
 */
import { chromium, type Page } from '@playwright/test';
import { provideBrowser } from '../browser.ts';
import { makeHome, removeHome, startLab } from '../lab-process.ts';

const limitMs = 50;
const presses = 20;

/** Runs in the page: presses a key and waits until the frame after it has been drawn, again and again. */
const press = `async ([key, count]) => {
  const times = [];
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - from);
    await new Promise((done) => setTimeout(done, 100));
  }
  return times;
}`;

async function openLarge(page: Page, url: string): Promise<void> {
  const rail = page.getByRole('navigation');
  await page.goto(url);
  await page.getByRole('button', { name: /^delayed-echo / }).click();
  await rail.getByRole('button', { name: /Model/ }).click();
  await page.getByRole('radio', { name: 'LSTM' }).check({ force: true });
  for (const [name, value] of [
    ['hidden_size', '64'],
    ['num_layers', '4'],
  ] as const) {
    const field = page.getByRole('textbox', { name, exact: true });
    await field.fill(value);
    await field.press('Enter');
  }
  await rail.getByRole('button', { name: /Inspect/ }).click();
  await page
    .getByRole('banner')
    .getByRole('button', { name: /^Step one epoch/ })
    .click();
  await page.getByRole('heading', { name: /^Forward, t = 1/ }).waitFor();
}

const found = provideBrowser();
if (found.kind === 'none') throw new Error(found.reason);
const asRoot = process.getuid?.() === 0;
const browser = await chromium.launch({ executablePath: found.path, args: asRoot ? ['--no-sandbox'] : [] });
const home = makeHome();
const lab = await startLab(home);
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await openLarge(page, lab.url);
  const moves: [string, string, number][] = [
    ['on a step, forward', 'j', 18],
    ['another unit', 'u', presses],
    ['another layer', 'y', 12],
    ['to the way back', 'j', 5],
    ['on a step, backward', 'j', 15],
    ['another unit there', 'u', presses],
  ];
  const lines = ['', '| cursor of Step through | median ms | slowest ms |', '| --- | --- | --- |'];
  for (const [name, key, count] of moves) {
    const times = (await page.evaluate(`(${press})(${JSON.stringify([key, count])})`)) as number[];
    times.sort((a, b) => a - b);
    const [median, slowest] = [times[times.length >> 1]!, times.at(-1)!];
    const note = median > limitMs ? ` (more than ${limitMs})` : '';
    lines.push(`| ${name} | ${median.toFixed(1)}${note} | ${slowest.toFixed(1)} |`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  await page.goto('about:blank');
} finally {
  await browser.close();
  await lab.stop();
  removeHome(home);
}

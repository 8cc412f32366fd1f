/** What can be done with every chart of Train: full screen, an epoch kept, a table, and files; by menu and by key. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { patience } from '../patience.ts';
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

async function trained(page: Page, lab: Parameters<typeof openTemplate>[1], template: string) {
  await openTemplate(page, lab, template);
  await goTo(page, 'Train');
  await run(page);
  await epochIs(page, 20, 20);
}

/** The buttons that open the charts' menus. */
const menus = (page: Page): Locator => page.getByRole('button', { name: /^Menu of / });

async function choose(page: Page, menu: Locator, item: string | RegExp): Promise<void> {
  await menu.click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function saved(page: Page, menu: Locator, item: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), choose(page, menu, item)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

for (const [template, charts] of [
  ['hello-rnn', ['Loss', 'Accuracy', 'Gradient norm', 'Predictions by epoch', 'Probabilities']],
  ['names', ['Loss', 'Accuracy', 'Gradient norm', 'Predictions by label', 'Confusion table']],
] as const) {
  test(`every chart of ${template} can be saved as PNG, SVG and CSV, and read as a table`, async ({
    page,
    lab,
  }) => {
    await trained(page, lab, template);
    await expect(menus(page)).toHaveCount(charts.length);
    for (const chart of charts) {
      const menu = page.getByRole('button', { name: `Menu of ${chart}`, exact: true });
      await expect(menu).toBeVisible();
      const png = await saved(page, menu, 'Save as PNG');
      expect(png.name).toMatch(/^[\w-]+-1-[\w-]+\.png$/);
      expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
      expect(png.bytes.length, chart).toBeGreaterThan(4000);
      const svg = (await saved(page, menu, 'Save as SVG')).bytes.toString();
      expect(svg, chart).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
      // Colours that only browsers know would be black elsewhere.
      expect(svg).not.toMatch(/oklab|color-mix|var\(/);
      const csv = (await saved(page, menu, 'Save its numbers as CSV')).bytes.toString();
      const lines = csv.trimEnd().split('\n');
      expect(lines.length, chart).toBeGreaterThan(3);
      await choose(page, menu, /^Its numbers as a table/);
      const table = page.getByRole('table', { name: `${chart}: every number` });
      await expect(table.getByRole('columnheader')).toHaveCount(lines[0]!.split(',').length);
      await expect(table.getByRole('row').nth(1)).not.toBeEmpty();
      await page.keyboard.press('Escape');
      await expect(table).toBeHidden();
    }
  });
}

test('the loss of each epoch in the file is what training gave', async ({ page, lab }) => {
  await trained(page, lab, 'hello-rnn');
  const csv = (await saved(page, menus(page).first(), 'Save its numbers as CSV')).bytes.toString();
  const lines = csv.trimEnd().split('\n');
  expect(lines[0]).toBe('epoch,loss');
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toBe('20,0.58346105');
});

test('a chart fills the window by F, keeps an epoch by P, and opens its table by T', async ({
  page,
  lab,
}) => {
  await trained(page, lab, 'hello-rnn');
  const chart = page.getByRole('slider', { name: 'Loss' });
  await chart.focus();
  await page.keyboard.press('f');
  const size = page.viewportSize()!;
  await expect
    .poll(async () => (await chart.boundingBox())!.width, patience)
    .toBeGreaterThan(size.width - 120);
  // What it covers is out of reach; its own menu is not.
  await expect(page.locator('[inert] button', { hasText: 'New run' })).toHaveCount(1);
  await menus(page).first().click();
  await expect(page.getByRole('menuitem', { name: /^Leave full screen/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await chart.focus();
  await page.keyboard.press('f');
  await expect(page.locator('[inert]')).toHaveCount(0);
  await chart.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('p');
  await expect(page.getByText('looking at epoch')).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.getByText('looking at epoch')).toBeHidden();
  await page.keyboard.press('t');
  await expect(page.getByRole('table', { name: 'Loss: every number' })).toBeVisible();
});

test('the drawing of the network fills the window, and its menu stays within reach', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Model');
  await page.getByRole('button', { name: 'Full screen' }).click();
  const drawing = page.getByRole('img', { name: /^Unrolled over time/ });
  await expect
    .poll(async () => (await drawing.boundingBox())!.width, patience)
    .toBeGreaterThan(page.viewportSize()!.width - 80);
  const menu = page.getByRole('button', { name: 'Save the drawing' });
  const [file] = await Promise.all([page.waitForEvent('download'), choose(page, menu, /SVG/)]);
  expect(readFileSync(await file.path(), 'utf8')).toMatch(/^<svg /);
  await page.getByRole('button', { name: 'Leave full screen' }).click();
  await expect(page.getByRole('heading', { name: 'Builder' })).toBeVisible();
});

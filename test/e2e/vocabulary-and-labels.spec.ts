/** A user tidies the vocabulary: order, names, what goes; everything by keys and with undo. */
import type { Page } from '@playwright/test';
import { patience } from '../patience.ts';
import { expect, goTo, openTemplate, test } from './lab.ts';

const tokens = (page: Page) => page.getByRole('listbox', { name: 'Vocabulary' });
const order = (page: Page) =>
  tokens(page)
    .getByRole('option')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')!.split(',')[0]));

test('tokens are ordered, renamed in the rows, and removed once it is said who loses them', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  const target = page.getByRole('gridcell', { name: /^target: / }).first();
  await tokens(page).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(() => order(page), patience).toEqual(['e', 'h', 'o', 'l']);

  // The moved token is still the chosen one.
  await page.keyboard.press('F2');
  await page.keyboard.type('ø');
  await page.keyboard.press('Enter');
  await expect(target).toHaveAttribute('aria-label', 'target: øhløl');
  await expect.poll(() => order(page), patience).toEqual(['e', 'h', 'ø', 'l']);

  // Esc leaves a name as it was; so does a name that is taken, which is said.
  await page.keyboard.press('F2');
  await page.keyboard.type('x');
  await page.keyboard.press('Escape');
  await page.keyboard.press('F2');
  await page.keyboard.type('h');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/a token appears once in the vocabulary/)).toBeVisible();
  await expect.poll(() => order(page), patience).toEqual(['e', 'h', 'ø', 'l']);

  await page.keyboard.press('Delete');
  const asked = page.getByRole('alertdialog');
  await expect(asked).toContainText('1 row has “ø” and loses it');
  await asked.getByRole('button', { name: 'Remove' }).click();
  await expect.poll(() => order(page), patience).toEqual(['e', 'h', 'l']);
  for (const _ of [1, 2, 3]) await page.keyboard.press('Control+z');
  await expect(target).toHaveAttribute('aria-label', 'target: ohlol');
  await expect.poll(() => order(page), patience).toEqual(['e', 'h', 'l', 'o']);
});

test('a grip takes its token to another index', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  const rows = tokens(page).getByRole('option');
  const grip = (await rows.first().locator('.grip').boundingBox())!;
  const last = (await rows.last().boundingBox())!;
  await page.mouse.move(grip.x + 5, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(grip.x + 5, last.y + last.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => order(page), patience).toEqual(['h', 'l', 'o', 'e']);
});

test('a vocabulary of ten thousand is warned of, found in, and drawn in part', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await page.locator('label').filter({ hasText: 'a word' }).click();
  const words = Array.from({ length: 10_000 }, (_, i) => `w${String(i).padStart(4, '0')}`);
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  const lines = Array.from({ length: 100 }, (_, i) => words.slice(100 * i, 100 * i + 100).join(' '));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const text = lines.map((line) => `${line}\t${line}`).join('\n');
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('ControlOrMeta+v');
  await expect(page.getByText(/10,002 tokens: each step reads/)).toBeVisible();
  expect(await tokens(page).getByRole('option').count()).toBeLessThan(100);
  await page.getByRole('textbox', { name: 'Find a token' }).fill('w7777');
  await expect(tokens(page).getByRole('option', { selected: true })).toHaveAttribute(
    'aria-label',
    /^w7777, /,
  );
  // Nothing of the panel is cut at its right edge.
  const cut = await page.locator('.vocabulary').evaluate((panel) => {
    const edge = panel.getBoundingClientRect().right;
    return [...panel.querySelectorAll('button, input')].filter(
      (one) => one.getBoundingClientRect().right > edge,
    ).length;
  });
  expect(cut).toBe(0);
});

test('labels are counted, and one that is renamed to another becomes one with it', async ({ page, lab }) => {
  await openTemplate(page, lab, 'names');
  await goTo(page, 'Data');
  const labels = page.getByRole('list', { name: 'Labels' });
  const lines = labels.getByRole('listitem');
  await expect(lines.first()).toBeVisible();
  const before = await lines.count();
  const [first, second] = await labels.locator('.line .ellipsis').allTextContents();
  await page.getByRole('button', { name: `Rename label ${second}`, exact: true }).click();
  await page.getByRole('textbox', { name: `Rename label ${second}` }).fill(first!);
  await expect(page.getByText(`Becomes one with “${first}”`)).toBeVisible();
  await page.getByRole('button', { name: 'Merge' }).click();
  await expect(lines).toHaveCount(before - 1);
  await expect(page.getByRole('gridcell', { name: `label: ${second}`, exact: true })).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(lines).toHaveCount(before);

  await page.getByRole('button', { name: `Rename label ${first}`, exact: true }).click();
  await page.getByRole('textbox', { name: `Rename label ${first}` }).fill('new name');
  await page.keyboard.press('Enter');
  await expect(lines.filter({ hasText: 'new name' })).toBeVisible();
  await expect(lines).toHaveCount(before);
});

/** A user with many rows: puts them in order, looks at some of them alone, and changes those alone. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { patience } from '../patience.ts';
import { expect, openTemplate, test } from './lab.ts';

const inputs = (page: Page) =>
  page
    .getByRole('grid')
    .locator('[data-column="input"][aria-label]')
    .evaluateAll((cells) => cells.map((one) => one.getAttribute('aria-label')));

async function openRows(page: Page, lab: Parameters<typeof openTemplate>[1]): Promise<void> {
  await openTemplate(page, lab, 'hello-rnn');
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  for (const text of ['stone', 'enots', 'ab', 'b', 'lever', 'revel']) {
    await page.keyboard.insertText(text);
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('Escape');
  await expect(page.getByText('4 samples · 4 train')).toBeVisible();
}

test('rows are sorted from the head of a column, and undo brings their order back', async ({ page, lab }) => {
  await openRows(page, lab);
  await page.getByRole('button', { name: 'Rows: sort and filter' }).click();
  await page.getByRole('menuitem', { name: 'Sort by input, z to a' }).click();
  await expect(page.getByRole('menu')).toBeHidden();
  await expect
    .poll(() => inputs(page), patience)
    .toEqual(['input: stone', 'input: lever', 'input: hello', 'input: ab']);
  await page.getByRole('button', { name: 'Length: sort and filter' }).click();
  await page.getByRole('menuitem', { name: 'Shortest first' }).click();
  await expect(page.getByRole('menu')).toBeHidden();
  await expect
    .poll(() => inputs(page), patience)
    .toEqual(['input: ab', 'input: stone', 'input: lever', 'input: hello']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect
    .poll(() => inputs(page), patience)
    .toEqual(['input: hello', 'input: stone', 'input: ab', 'input: lever']);
});

test('rows with a problem are shown alone, mended where they stand, and deleted without the others', async ({
  page,
  lab,
}) => {
  await openRows(page, lab);
  await page.getByRole('button', { name: 'Only rows with a problem' }).click();
  const bar = page.getByRole('group', { name: 'Filter' });
  await expect(bar.getByRole('status')).toHaveText('1 of 4 rows');
  await expect(page.getByRole('rowheader')).toHaveText(['3']);
  await page.getByRole('button', { name: 'Rows: sort and filter' }).click();
  await expect(page.getByRole('menuitem', { name: 'Sort by input, a to z' })).toBeDisabled();
  await expect(page.getByRole('menuitem', { name: 'Clear the filter first' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);

  await bar.getByRole('button', { name: 'Without problems' }).click();
  await bar.getByRole('textbox', { name: 'Text in input' }).fill('e');
  await expect(page.getByRole('rowheader')).toHaveText(['1', '2', '4']);
  await page.locator('[data-row="0"] [data-column="input"]').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+Delete');
  await expect(page.getByText('3 rows deleted')).toBeVisible();
  await bar.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(() => inputs(page), patience).toEqual(['input: ab']);
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await expect
    .poll(() => inputs(page), patience)
    .toEqual(['input: hello', 'input: stone', 'input: ab', 'input: lever']);
});

test('cells are chosen by drawing the pointer over them, and every key of the grid is in the list', async ({
  page,
  lab,
}) => {
  await openRows(page, lab);
  await page.locator('[data-row="0"] [data-column="input"]').hover();
  await page.mouse.down();
  await page.locator('[data-row="2"] [data-column="input"]').hover();
  await page.mouse.up();
  await expect(page.getByRole('grid').locator('.cells.chosen')).toHaveCount(3);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Shortcuts' });
  await expect(dialog.getByText('Fill down')).toBeVisible();
  await expect(dialog.getByText('Ctrl D', { exact: true })).toBeVisible();
});

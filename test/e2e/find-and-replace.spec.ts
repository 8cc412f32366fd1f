/** Found and replaced in the samples, with the keys that every editor has for it. */
import type { Page } from '@playwright/test';
import { expect, openTemplate, test } from './lab.ts';

const cell = (page: Page, row: number, column: string) =>
  page.locator(`[data-row="${row}"] [data-column="${column}"]`);
const rings = (page: Page) => page.getByRole('grid').locator('.token.found');

async function openRows(page: Page, lab: Parameters<typeof openTemplate>[1]): Promise<void> {
  await openTemplate(page, lab, 'hello-rnn');
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  for (const text of ['stone', 'zzzne', 'lever', 'rzzzr']) {
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('Escape');
  await expect(page.getByText('3 samples · 3 train')).toBeVisible();
}

test('every hit is ringed and gone through; one is replaced, then all, and undo takes each back', async ({
  page,
  lab,
}) => {
  await openRows(page, lab);
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('ControlOrMeta+f');
  const bar = page.getByRole('search', { name: 'Find and replace' });
  await expect(bar.getByRole('textbox', { name: 'Find' })).toBeFocused();
  await expect(page.getByRole('button', { name: 'Find', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await page.keyboard.type('e');
  // hello; stone over zzzne; lever
  await expect(bar.getByRole('status')).toHaveText(/^\d \/ 5$/);
  await expect(rings(page)).toHaveCount(5);
  await expect(page.getByRole('grid').locator('.token.current')).toHaveCount(1);
  const start = Number.parseInt((await bar.getByRole('status').textContent())!, 10);
  await page.keyboard.press('F3');
  await expect(bar.getByRole('status')).toHaveText(`${(start % 5) + 1} / 5`);
  await page.keyboard.press('Shift+F3');
  await expect(bar.getByRole('status')).toHaveText(`${start} / 5`);

  await bar.getByText('target', { exact: true }).click();
  await expect(bar.getByRole('status')).toHaveText(/^1 \/ 1$/);
  await page.keyboard.press('ControlOrMeta+h');
  await expect(bar.getByRole('textbox', { name: 'Replace with' })).toBeFocused();
  await page.keyboard.type('o');
  await page.keyboard.press('Enter');
  await expect(cell(page, 1, 'target')).toHaveAttribute('aria-label', 'target: zzzno');
  // Nothing is left there: the other side says what it has.
  await expect(bar.getByRole('status')).toHaveText('0');
  await bar.getByRole('button', { name: '4 in input' }).click();
  await bar.getByRole('button', { name: 'Replace all 4' }).click();
  await expect(cell(page, 2, 'input')).toHaveAttribute('aria-label', 'input: lovor');
  await expect(cell(page, 0, 'input')).toHaveAttribute('aria-label', 'input: hollo');

  await bar.getByRole('textbox', { name: 'Replace with' }).focus();
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();
  await expect(rings(page)).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(cell(page, 2, 'input')).toHaveAttribute('aria-label', 'input: lever');
  await expect(cell(page, 0, 'input')).toHaveAttribute('aria-label', 'input: hello');
  await expect(cell(page, 1, 'target')).toHaveAttribute('aria-label', 'target: zzzno');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(cell(page, 1, 'target')).toHaveAttribute('aria-label', 'target: zzzne');
});

test('a pattern that cannot be looked for is said, and nothing is ringed', async ({ page, lab }) => {
  await openRows(page, lab);
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  const bar = page.getByRole('search', { name: 'Find and replace' });
  await bar.getByText('regex', { exact: true }).click();
  await bar.getByRole('textbox', { name: 'Find' }).fill('(');
  await expect(bar.getByRole('alert')).toContainText('is no regular expression');
  await bar.getByRole('textbox', { name: 'Find' }).fill('^.z');
  await expect(rings(page)).toHaveCount(4);
});

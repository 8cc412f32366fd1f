/** A user with rows of two hundred tokens: sees any step of all rows at once, and is led to what matters in them. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, openTemplate, test } from './lab.ts';

const cell = (page: Page, row: number, column: string) =>
  page.locator(`[data-row="${row}"] [data-column="${column}"]`);
const tokens = (page: Page, row: number, column: string) => cell(page, row, column).locator('.token');

const alphabet = 'abcdefghij'.repeat(20);

async function openLongRows(page: Page, lab: Parameters<typeof openTemplate>[1]): Promise<void> {
  await openTemplate(page, lab, 'hello-rnn');
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  for (const text of [alphabet, `${alphabet.slice(0, 150)}X${alphabet.slice(151)}`, 'stone', 'enots']) {
    await page.keyboard.insertText(text);
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('Escape');
  await expect(page.getByText('3 samples · 3 train')).toBeVisible();
}

test('all rows scroll as one: by the bar, the wheel and the keys, never past the longest', async ({
  page,
  lab,
}) => {
  await openLongRows(page, lab);
  const bar = page.getByRole('scrollbar', { name: 'Columns of all rows' });
  await page.keyboard.press('ControlOrMeta+Home');
  await bar.focus();
  await bar.press('End');
  await expect(bar).toHaveAttribute('aria-valuetext', /to 200 of 200$/);
  await expect(tokens(page, 1, 'input').last()).toHaveText('j');
  // What ends before them says so; nothing of it is drawn out of its column.
  await expect(cell(page, 2, 'input')).toContainText('5 to the left');
  await bar.press('Home');
  await expect(tokens(page, 1, 'input').first()).toHaveText('a');
  await expect(tokens(page, 2, 'input')).toHaveText(['s', 't', 'o', 'n', 'e']);

  await cell(page, 1, 'input').hover();
  await page.mouse.wheel(32 * 3, 0);
  await expect(bar).toHaveAttribute('aria-valuenow', '4');
  await expect(tokens(page, 1, 'target').first()).toHaveText('d');
  await expect(tokens(page, 2, 'input')).toHaveText(['n', 'e']);
  await cell(page, 1, 'input').click();
  await page.keyboard.press('ControlOrMeta+ArrowRight');
  await expect(bar).not.toHaveAttribute('aria-valuenow', '4');
});

test('a difference, a problem and a hit beyond the drawn cells are scrolled to and ringed', async ({
  page,
  lab,
}) => {
  await openLongRows(page, lab);
  const ringed = page.getByRole('grid').locator('.token.current');
  await cell(page, 1, 'input').click();
  await page.keyboard.press('Alt+ArrowRight');
  await expect(ringed).toHaveText('X');

  await cell(page, 1, 'target').dblclick();
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Go to' }).first().click();
  await expect(ringed).toHaveText('?');

  // Also from a cell that is being typed into.
  await cell(page, 0, 'input').dblclick();
  await page.keyboard.press('ControlOrMeta+f');
  await page.keyboard.type('X');
  await expect(page.getByRole('search').getByRole('status')).toHaveText('1 / 1');
  await expect(ringed).toHaveText('X');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
